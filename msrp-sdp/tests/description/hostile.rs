//! Input that is meant to cost much: limits refuse it, or it is read in one pass.

use msrp_sdp::{Description, DescriptionError, Deviation, Section};

use crate::{OFFER, assert_clean, assert_refused, text};

#[test]
fn lines() {
    let most = Description::MAX_LINES - OFFER.len();
    for line in ["a=\r\n", "a=x:\"\"\"\\\"\r\n", "b=\r\n", "k=\r\n"] {
        let full = text(&OFFER) + &line.repeat(most);
        let read = Description::parse(full.as_bytes()).unwrap();
        assert!(Description::parse(&read.to_bytes()).is_ok());
        assert_refused(full + line, DescriptionError::TooManyLines);
    }
    // A line that is added counts as well, so that what was read can be read again.
    let head = text(&OFFER[..4]);
    let full = format!("{head}{}", "a=\r\n".repeat(Description::MAX_LINES - 5));
    let read = Description::parse(full.as_bytes()).unwrap();
    assert_eq!(Description::parse(&read.to_bytes()), Ok(read));
    assert_refused(full + "a=\r\n", DescriptionError::TooManyLines);
}

#[test]
fn octets() {
    let offer = text(&OFFER);
    let fill = |len: usize| format!("{offer}a={}\r\n", "x".repeat(len - offer.len() - 4));
    assert_clean(fill(Description::MAX_LEN));
    assert_refused(fill(Description::MAX_LEN + 1), DescriptionError::TooLong);
    assert_refused("x".repeat(Description::MAX_LEN + 1), DescriptionError::TooLong);
    assert_refused(
        "x".repeat(Description::MAX_LEN - 2),
        DescriptionError::BadLine { line: 1 },
    );

    // Lengths count as written: with CR LF, and a name.
    let bare = fill(Description::MAX_LEN).replace("\r\n", "\n");
    let read = Description::parse(bare.as_bytes()).unwrap();
    assert_eq!(read.to_bytes().len(), Description::MAX_LEN);
    assert_refused(bare.replace("a=x", "a=xx"), DescriptionError::TooLong);
    let unnamed = fill(Description::MAX_LEN).replace("s= -", "s=");
    assert!(Description::parse(unnamed.replace("a=x", "a=xx").as_bytes()).is_ok());
    assert_refused(unnamed.replace("a=x", "a=xxx"), DescriptionError::TooLong);
}

#[test]
fn sections() {
    let line = "m=message 7394 TCP/MSRP *\r\n";
    let head = text(&OFFER[..5]);
    let full = format!("{head}{}", line.repeat(Description::MAX_SECTIONS));
    let read = assert_clean(&full);
    assert_eq!(read.sections().len(), Description::MAX_SECTIONS);
    assert_eq!(
        read.answer(crate::origin()).finish().sections().len(),
        Description::MAX_SECTIONS
    );
    assert_refused(full + line, DescriptionError::TooManySections);
    let many = format!("{head}{}", "m=a 0 b c\n".repeat(100_000));
    assert_refused(many, DescriptionError::TooManySections);
}

/// Lines in the worst order, and kinds of lines that look back at what was before.
#[test]
fn order() {
    let count = Description::MAX_LINES / 2 - 4;
    let group = "c=IN IP4 224.2.1.1/127\r\n";
    let lines = "a=x\r\n".repeat(count) + &group.repeat(count);
    let (section, deviations) =
        Section::parse_with_deviations(format!("m=a 1 b c\r\n{lines}").as_bytes()).unwrap();
    assert!(deviations.contains(Deviation::Order));
    let expected = format!("m=a 1 b c\r\n{}{}", group.repeat(count), "a=x\r\n".repeat(count));
    assert_eq!(section.to_bytes(), expected.as_bytes());

    let head = text(&OFFER[..5]);
    let lines = format!("{head}{}{}", "a=x\r\n".repeat(count), "r=1 1 1\r\n".repeat(count));
    let read = Description::parse(lines.as_bytes()).unwrap();
    let expected = format!("{head}{}{}", "r=1 1 1\r\n".repeat(count), "a=x\r\n".repeat(count));
    assert_eq!(read.to_bytes(), expected.as_bytes());
}

#[test]
fn formats_and_numbers() {
    let line = format!("m=audio 1 RTP/AVP{}\r\n", " 0".repeat(200_000));
    assert_eq!(
        Section::parse_strict(line.as_bytes()).unwrap().to_bytes(),
        line.as_bytes()
    );
    let line = format!("m=audio {}1 RTP/AVP 0\r\n", "0".repeat(200_000));
    assert_eq!(Section::parse_strict(line.as_bytes()).unwrap().media().port(), 1);

    let nines = "9".repeat(500_000);
    let origin = format!("o=- {nines} {nines} IN IP4 h.example.com");
    let first = assert_clean(text(&["v=0", &origin, "s=-", "t=0 0"]));
    let second = first.clone().with_attribute("x", None).unwrap().revises(&first);
    assert_eq!(second.origin().version(), format!("1{}", "0".repeat(500_000)));
}

#[test]
fn ends() {
    for octets in ["\r", "\n", "\r\n", "\n\r"] {
        assert!(Description::parse(octets.repeat(100_000).as_bytes()).is_err());
        if octets == "\r" {
            continue;
        }
        let behind = text(&OFFER) + &octets.repeat(100_000);
        let result = Description::parse(behind.as_bytes());
        assert_eq!(result, Ok(assert_clean(text(&OFFER))));
        // Empty lines with something behind them are no end.
        assert!(Description::parse((behind + "a=x\r\n").as_bytes()).is_err());
    }
}
