use bytes::Bytes;
use msrp_multipart::{Item, MediaType, ReadError, Reader};

use crate::{mixed, octets};

/// What a reader tells, with adjacent octets joined, of pieces of input.
pub(crate) fn told(media_type: &MediaType, pieces: &[Bytes]) -> (Vec<String>, Option<ReadError>) {
    let mut reader = Reader::new(media_type).unwrap();
    let (mut told, mut body) = (Vec::new(), Vec::new());
    let mut note = |item: Item| {
        if let Item::Body(octets) = item {
            assert!(!octets.is_empty());
            body.extend_from_slice(&octets);
            return;
        }
        if !body.is_empty() {
            told.push(format!("body {}", body.escape_ascii()));
            body.clear();
        }
        told.push(match item {
            Item::Part(part) => format!(
                "part {} {} {} {:?}",
                part.position(),
                part.depth(),
                part.is_multipart(),
                part.headers().as_bytes()
            ),
            Item::End(end) => format!("end {} {:?}", end.position(), end.deviations()),
            _ => panic!(),
        });
    };
    let empty = Bytes::new();
    let mut error = None;
    for (index, piece) in pieces.iter().chain([&empty]).enumerate() {
        let mut input = piece.clone();
        if index == pieces.len() {
            reader.end();
        }
        loop {
            match reader.read(&mut input) {
                Ok(Some(item)) => note(item),
                Ok(None) => break,
                Err(found) => {
                    error = Some(found);
                    break;
                }
            }
        }
        assert!(error.is_some() || input.is_empty());
    }
    told.push(format!("{:?}", reader.deviations()));
    (told, error)
}

/// Cuts an input in two at each place, and into octets.
fn cuts(input: &Bytes) -> Vec<Vec<Bytes>> {
    let mut cuts: Vec<_> = (0..=input.len())
        .map(|at| vec![input.slice(..at), input.slice(at..)])
        .collect();
    cuts.push((0..input.len()).map(|at| input.slice(at..at + 1)).collect());
    cuts.push(
        (0..input.len())
            .step_by(3)
            .map(|at| input.slice(at..input.len().min(at + 3)))
            .collect(),
    );
    cuts
}

/// Shows: MIME46-5.1.1-03 (wherever a line end is cut from its delimiter).
#[test]
fn cuts_do_not_show() {
    for text in [
        "--b⏎⏎x⏎--b--",
        "junk⏎--b \t⏎Content-Type: text/plain⏎⏎one⏎--b⏎⏎⏎--bx⏎--b-⏎\r\r\n--b\t⏎⏎⏎--b--tail⏎--b-- ⏎tail⏎--b⏎⏎y",
        "--b⏎Content-Type: multipart/mixed;boundary=\"b b\"⏎⏎--b b⏎⏎1⏎--b b-⏎--b b--⏎--b⏎X: y⏎--b⏎⏎z⏎-",
        "--b⏎Content-Type: multipart/mixed;boundary=i⏎⏎--i⏎A: b⏎⏎1⏎--i⏎⏎2⏎--b--",
        "--b⏎Content-Type: multipart/mixed;boundary=i⏎⏎--i⏎⏎1⏎--i⏎--b--",
        "--b⏎Content-Type: multipart/mixed;boundary=i⏎⏎--i⏎--b⏎⏎2⏎--b--",
        "--b⏎A",
        "--b⏎A: b⏎--b--",
        "--b⏎--b⏎--b--",
        "--b⏎Content-Type: a/b⏎Content-Type: a/b⏎⏎x⏎--b--",
        "\r\r\n--b⏎⏎\r\r\n-\r\n--b \r\r\n--b--",
        "--b--",
        "--b",
        "",
    ] {
        let input = octets(text);
        let whole = told(&mixed(), core::slice::from_ref(&input));
        for pieces in cuts(&input) {
            assert_eq!(told(&mixed(), &pieces), whole, "{text} {pieces:?}");
        }
    }
}

/// Bodies are slices of what was read, and fields wait for their end.
#[test]
fn nothing_is_copied_that_need_not_be() {
    let mut reader = Reader::new(&mixed()).unwrap();
    let whole = octets("--b⏎A: b⏎⏎body of a part⏎--b--");
    let mut input = whole.clone();
    let range = whole.as_ptr() as usize..whole.as_ptr() as usize + whole.len();
    let mut bodies = 0;
    while let Some(item) = reader.read(&mut input).unwrap() {
        if let Item::Body(body) = item {
            assert!(range.contains(&(body.as_ptr() as usize)));
            bodies += 1;
        }
    }
    assert_eq!(bodies, 1);
}

#[test]
fn debug_shows_no_octets() {
    let mut reader = Reader::new(&mixed()).unwrap();
    let mut input = octets("--b⏎A: secret⏎⏎secret⏎--b--");
    let mut shown = format!("{reader:?}");
    while let Some(item) = reader.read(&mut input).unwrap() {
        shown += &format!("{item:?}");
    }
    let tree = crate::multipart("--b⏎A: secret⏎⏎secret⏎--b--");
    shown += &format!(
        "{tree:?} {:?} {:?}",
        tree.top(),
        crate::entity("A: secret⏎⏎secret")
    );
    assert!(!shown.contains("secret"), "{shown}");
}
