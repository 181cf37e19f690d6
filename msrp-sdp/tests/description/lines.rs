//! Lines, their ends and their order.

use msrp_sdp::{Description, DescriptionError, Deviation, Section};

use crate::{
    OFFER, assert_clean, assert_deviates, assert_refused, offer_instead, offer_with, offer_without, text,
    written,
};

/// Shows: SDP-5-01.
#[test]
fn letter_equals_value() {
    let description = assert_clean(text(&OFFER));
    assert_eq!(description.session_name(), b" -");
    assert_eq!(
        assert_clean(offer_instead(2, "s=a = b ")).session_name(),
        b"a = b "
    );

    for line in [
        "S=x",
        "s =x",
        "s",
        "",
        " s=x",
        "\ts=x",
        "=x",
        "ss=x",
        "s:x",
        "é=x",
        "A=sendonly",
        "1=x",
    ] {
        assert_refused(offer_instead(2, line), DescriptionError::BadLine { line: 3 });
        assert_refused(offer_with(7, line), DescriptionError::BadLine { line: 8 });
    }
    // The blank is in the value, where it makes another version and another origin.
    assert_refused(offer_instead(0, "v= 0"), DescriptionError::Version);
    assert!(Description::parse(offer_instead(1, "o= a 1 1 IN IP4 h.example.com").as_bytes()).is_err());
}

/// Shows: SDP-5-02.
#[test]
fn line_ends() {
    let canonical = text(&OFFER);
    let expected = assert_clean(&canonical);

    let read = assert_deviates(canonical.replace("\r\n", "\n"), Deviation::BareLf);
    assert_eq!(read, expected);
    assert_eq!(written(&read), canonical);

    let one_bare = canonical.replacen("-\r\n", "-\n", 1);
    assert_eq!(written(&assert_deviates(one_bare, Deviation::BareLf)), canonical);

    for end in ["", "\r"] {
        let cut = format!("{}{end}", canonical.trim_end());
        assert_eq!(written(&assert_deviates(cut, Deviation::NoLineEnd)), canonical);
    }
    for end in ["\r\n", "\r\n\r\n\r\n"] {
        let longer = format!("{canonical}{end}");
        assert_eq!(written(&assert_deviates(longer, Deviation::EmptyLine)), canonical);
    }
}

#[test]
fn no_nul_and_no_cr_within_a_line() {
    for octet in ["\0", "\r"] {
        assert_refused(
            offer_instead(2, &format!("s=a{octet}b")),
            DescriptionError::BadOctet { line: 3 },
        );
        assert_refused(
            offer_with(8, &format!("a=x:{octet}")) + "a=y\r\n",
            DescriptionError::BadOctet { line: 9 },
        );
    }
    let only_cr = text(&OFFER).replace("\r\n", "\r");
    assert_refused(only_cr, DescriptionError::BadOctet { line: 1 });
}

/// Shows: SDP-5-03 (the parser).
#[test]
fn order() {
    let all = [
        "v=0",
        "o=- 1 1 IN IP4 h.example.com",
        "s=-",
        "i=text",
        "u=http://h.example.com/",
        "e=a@h.example.com",
        "e=b@h.example.com",
        "p=+1 617 555-6011",
        "c=IN IP4 192.0.2.1",
        "b=AS:128",
        "t=3034423619 3042462419",
        "r=604800 3600 0 90000",
        "z=2882844526 -1h 2898848070 0",
        "t=0 0",
        "a=one",
        "a=two",
        "m=message 7394 TCP/MSRP *",
        "i=text",
        "c=IN IP4 192.0.2.1",
        "b=AS:128",
        "a=one",
        "a=two",
        "m=audio 49170 RTP/AVP 0",
    ];
    let canonical = text(&all);
    assert_clean(&canonical);

    // Any two neighbours of different kinds the wrong way round.
    for at in 2..all.len() - 2 {
        let mut lines = all;
        lines.swap(at, at + 1);
        let letters = (all[at].as_bytes()[0], all[at + 1].as_bytes()[0]);
        match letters {
            (b'e', b'e') | (b'a', b'a') => {
                assert_clean(text(&lines));
            }
            // What a section begins with moved into it, or the other way round, is another description.
            (b'm', _) | (_, b'm') => {}
            // Another t= is what is repeated.
            (b't', b'r') | (b'z', b't') => {}
            (b'r', b'z') => {
                let read = assert_deviates(text(&lines), Deviation::Order);
                assert_eq!(written(&read), text(&lines));
            }
            _ => {
                let read = assert_deviates(text(&lines), Deviation::Order);
                assert_eq!(written(&read), canonical, "{}", all[at]);
            }
        }
    }
    let late = text(&["v=0", "s=-", "o=- 1 1 IN IP4 h.example.com", "t=0 0"]);
    let early = text(&["v=0", "o=- 1 1 IN IP4 h.example.com", "s=-", "t=0 0"]);
    assert_eq!(written(&assert_deviates(late, Deviation::Order)), early);

    // What has no reading at all.
    let mut swapped = OFFER;
    swapped.swap(0, 1);
    assert_refused(text(&swapped), DescriptionError::Order { line: 1 });
    assert_refused(offer_with(1, "v=0"), DescriptionError::Order { line: 2 });
    assert_refused(offer_with(5, "v=0"), DescriptionError::Order { line: 6 });
    assert_refused(offer_with(8, "v=0"), DescriptionError::Order { line: 9 });
    for letter in "osueptrz".chars() {
        let line = format!("{letter}=0 0");
        assert_refused(offer_with(8, &line), DescriptionError::Order { line: 9 });
    }
    assert_refused(
        offer_with(4, "r=604800 3600 0"),
        DescriptionError::Order { line: 5 },
    );
    assert_refused(offer_without(0), DescriptionError::Order { line: 1 });
    assert_refused("", DescriptionError::Missing { letter: 'v' });
}

#[test]
fn a_section_begins_with_its_media_line() {
    let section = text(&OFFER[5..]);
    assert_eq!(
        Section::parse_strict(section.as_bytes()).unwrap().to_bytes(),
        section.as_bytes()
    );
    for lines in [&OFFER[6..], &OFFER[4..], &OFFER[..]] {
        let expected = Err(DescriptionError::Missing { letter: 'm' });
        assert_eq!(Section::parse(text(lines).as_bytes()), expected);
    }
    let two = section.repeat(2);
    assert_eq!(
        Section::parse(two.as_bytes()),
        Err(DescriptionError::Order { line: 4 })
    );
}

#[test]
fn what_is_forgiven_in_a_section() {
    let lines = ["m=message 7394 TCP/MSRP *", "a=one", "c=IN IP4 192.0.2.1"];
    let (section, deviations) = Section::parse_with_deviations(text(&lines).as_bytes()).unwrap();
    assert_eq!(deviations.iter().collect::<Vec<_>>(), [Deviation::Order]);
    assert_eq!(
        section.to_bytes(),
        text(&[lines[0], lines[2], lines[1]]).as_bytes()
    );
    assert_eq!(Section::parse(text(&lines).as_bytes()), Ok(section));
    assert_eq!(
        Section::parse_strict(text(&lines).as_bytes()),
        Err(DescriptionError::Deviation(Deviation::Order))
    );
}

/// Shows: SDP-5-04.
#[test]
fn unknown_types() {
    for letter in ('a'..='z').filter(|letter| !"vosiuepcbtrzkam".contains(*letter)) {
        for at in 0..=OFFER.len() {
            assert_refused(
                offer_with(at, &format!("{letter}=1")),
                DescriptionError::UnknownType { line: at + 1 },
            );
        }
    }
}
