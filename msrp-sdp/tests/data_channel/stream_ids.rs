//! Whose stream ids are whose (RFC 8864 §6.1).

use msrp_sdp::{StreamIdError, StreamIds};

/// Shows: DC-8864-01 (the pool).
#[test]
fn even_ids_are_the_clients_and_odd_ones_the_servers() {
    let mut client = StreamIds::of_client();
    let mut server = StreamIds::of_server();
    for stream in [0, 2, 4] {
        assert_eq!(client.draw(), Some(stream));
        assert_eq!(server.draw(), Some(stream + 1));
    }
    // One in use is never drawn, whoever uses it.
    assert!(client.reserve(6));
    assert!(!client.reserve(6));
    assert_eq!(client.draw(), Some(8));
    client.release(2);
    client.release(6);
    assert_eq!(
        [client.draw(), client.draw(), client.draw()],
        [Some(2), Some(6), Some(10)]
    );

    // A violation closes the channel (RFC 8864 §8): the peer's ids are those of its role, and free ones.
    assert_eq!(client.occupy(3), Ok(()));
    assert_eq!(client.occupy(3), Err(StreamIdError::InUse));
    assert_eq!(client.occupy(100), Err(StreamIdError::NotTheirs));
    assert_eq!(server.occupy(100), Ok(()));
    assert_eq!(server.occupy(7), Err(StreamIdError::NotTheirs));
    assert_eq!(client.occupy(65535), Err(StreamIdError::NotTheirs));
    assert_eq!(server.occupy(65535), Err(StreamIdError::NotTheirs));
    client.release(3);
    assert_eq!(client.occupy(3), Ok(()));
}

#[test]
fn the_reserved_id_is_never_drawn() {
    for (mut ids, first, last) in [
        (StreamIds::of_client(), 0, 65534),
        (StreamIds::of_server(), 1, 65533),
    ] {
        for stream in (first..last).step_by(2) {
            assert!(ids.reserve(stream));
        }
        assert_eq!(ids.draw(), Some(last));
        assert_eq!(ids.draw(), None);
        ids.release(500 + first);
        assert_eq!(ids.draw(), Some(500 + first));
    }
}
