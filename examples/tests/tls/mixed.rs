//! One side speaks TLS, the other does not.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

use msrp_examples::tls::{Identity, Layer, TlsError, Trust};
use msrp_proto::{ConnectionError, LinkError, Role};

use crate::std_refuses::meet;
use crate::support::{ALICE, BOB, bob_at, run, secret, send_to};

/// Speaks without TLS, and returns what it was told.
fn speak(mut socket: TcpStream, octets: &[u8]) -> Vec<u8> {
    socket.write_all(octets).unwrap();
    socket.shutdown(Shutdown::Write).unwrap();
    let mut told = Vec::new();
    let _ = socket.read_to_end(&mut told); // a reset tells nothing
    told
}

fn assert_no_message(octets: &[u8]) {
    for word in ["MSRP", "SEND", "only"] {
        let found = octets.windows(word.len()).any(|part| part == word.as_bytes());
        assert!(!found, "{:?}", String::from_utf8_lossy(octets));
    }
}

/// `msrp` where `msrps` was agreed upon, or something else altogether: neither side hears anything.
#[test]
fn peers_without_tls() {
    for garbage in [
        send_to(BOB, ALICE),
        b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
        vec![0; 100],
    ] {
        let everybody = || Trust::certificate(|_| true);
        let identity = Identity::self_signed().unwrap();
        let target = bob_at(([127, 0, 0, 1], 1).into());
        let (connecting, accepting) = (
            Layer::connecting(&identity, &target, everybody()).unwrap(),
            Layer::accepting(&identity, everybody()).unwrap(),
        );
        let not_tls = ConnectionError::Link(LinkError::Tls);

        let octets = garbage.clone();
        let (alice, told) = meet(
            move |socket| run(Role::Active, Ok(socket), Some(connecting), secret()),
            move |socket| speak(socket, &octets),
        );
        alice.assert_refused(not_tls, &TlsError::NotTls);
        assert_no_message(&told);

        let (told, bob) = meet(
            move |socket| speak(socket, &garbage),
            move |socket| run(Role::Passive, Ok(socket), Some(accepting), secret()),
        );
        bob.assert_refused(not_tls, &TlsError::NotTls);
        assert_no_message(&told);
    }
}
