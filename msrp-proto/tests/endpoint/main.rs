//! An endpoint with a thousand sessions over a hundred connections, of which some break: every message
//! arrives intact and once, or its sender is told, and nothing is left in the tables.

#[path = "../shared/random.rs"]
#[expect(unreachable_pub, reason = "shared with tests where it is reachable")]
mod random;
mod world;

use world::{Phase, World};

const CONNECTIONS: usize = 100;
const SESSIONS: usize = 1000;

#[test]
fn a_thousand_sessions_over_a_hundred_connections() {
    let mut world = World::new(0x5eed, CONNECTIONS, SESSIONS);
    // A third of the connections break in the middle of it.
    world.connect(Phase::Breaking);
    for _ in 0..4 {
        world.send_at_random(SESSIONS / 2);
        world.run();
    }
    let lost = world.lost_connections();
    assert!(lost > CONNECTIONS / 5, "{lost} connections were lost");
    let before = world.tally();
    assert!(before.completed > 0 && before.failed > 0, "{before:?}");
    // What was sent and not confirmed is sent again on new connections, by both sides.
    world.connect(Phase::Mending);
    world.intrude();
    for _ in 0..3 {
        world.send_at_random(SESSIONS / 2);
        world.run();
    }
    let after = world.tally();
    assert_eq!(after.unknown, 0, "messages without an outcome: {after:?}");
    assert_eq!(
        (after.delivered, after.completed),
        (after.queued, after.queued),
        "{after:?}"
    );
    assert!(after.queued > 3 * SESSIONS, "{after:?}");
    world.close();
}
