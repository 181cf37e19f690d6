//! Lines of the session: name, information, time, bandwidth, key.

use msrp_sdp::{Description, DescriptionError, Deviation, Section};

use crate::{
    OFFER, assert_clean, assert_deviates, assert_refused, offer_instead, offer_with, offer_without, origin,
};
use crate::{text, written};

/// Shows: MSRP-8.7-01 (what is printed; what follows for the types is the media view's).
#[test]
fn example_exchange() {
    let offer = assert_clean(text(&OFFER));
    let answer = assert_clean(text(&[
        "v=0",
        "o=userb 2890844530 2890844532 IN IP4 bob.example.com",
        "s= -",
        "c=IN IP4 bob.example.com",
        "t=0 0",
        "m=message 8493 TCP/MSRP *",
        "a=accept-types:message/cpim text/plain",
        "a=path:msrp://bob.example.com:8493/si438dsaodes;tcp",
    ]));
    let expected = [
        (
            "alice.example.com",
            7394,
            "message/cpim text/plain text/html",
            "msrp://alice.example.com:7394/2s93i93idj;tcp",
        ),
        (
            "bob.example.com",
            8493,
            "message/cpim text/plain",
            "msrp://bob.example.com:8493/si438dsaodes;tcp",
        ),
    ];
    for (description, (host, port, types, path)) in [offer, answer].iter().zip(expected) {
        assert_eq!(description.session_name(), b" -");
        assert_eq!(description.connection().unwrap().host(), &crate::host(host));
        let [section] = description.sections() else {
            panic!()
        };
        assert_eq!(section.media().port(), port);
        let attributes: Vec<_> = section.attributes().collect();
        assert_eq!(
            attributes,
            [
                ("accept-types", Some(types.as_bytes())),
                ("path", Some(path.as_bytes()))
            ]
        );
    }
}

/// Shows: SDP-5.3-01.
#[test]
fn session_name() {
    assert_eq!(Description::new(origin()).session_name(), b"-");
    assert!(written(&Description::new(origin())).contains("\r\ns=-\r\n"));
    assert!(Description::new(origin()).with_session_name(b"").is_err());
    let named = Description::new(origin()).with_session_name(b"First").unwrap();
    let named = named.with_session_name(b"Second").unwrap();
    assert_eq!(written(&named).matches("\r\ns=").count(), 1);
    assert!(written(&named).contains("\r\ns=Second\r\n"));

    let empty = assert_deviates(offer_instead(2, "s="), Deviation::EmptySessionName);
    assert_eq!(written(&empty), offer_instead(2, "s=-"));
    assert_refused(offer_without(2), DescriptionError::Missing { letter: 's' });
    assert_refused(offer_with(2, "s=x"), DescriptionError::Duplicate { line: 4 });
    assert_refused(offer_with(3, "s="), DescriptionError::Duplicate { line: 4 });
}

/// Shows: SDP-5.4-01.
#[test]
fn information() {
    let info = "i=This is my latest picture";
    let description = assert_clean(offer_with(6, info));
    assert_eq!(
        description.sections()[0].info(),
        Some(&b"This is my latest picture"[..])
    );
    let utf8 = assert_clean(offer_with(6, "i=Grüße"));
    assert_eq!(utf8.sections()[0].info(), Some("Grüße".as_bytes()));
    assert_eq!(assert_clean(text(&OFFER)).sections()[0].info(), None);

    let twice = text(&[&OFFER[..6], &[info, "i=Another"], &OFFER[6..]].concat());
    assert_refused(twice, DescriptionError::Duplicate { line: 8 });
    let same = text(&[&OFFER[..6], &[info, info], &OFFER[6..]].concat());
    assert_refused(same, DescriptionError::Duplicate { line: 8 });
    let each = text(&[&OFFER[..6], &[info], &OFFER[5..6], &[info]].concat());
    assert_eq!(assert_clean(each).sections().len(), 2);

    let bare = Section::parse(text(&OFFER[5..]).as_bytes()).unwrap();
    let built = bare
        .with_info(b"A")
        .unwrap()
        .with_info("Grüße".as_bytes())
        .unwrap();
    assert_eq!(
        built.to_bytes(),
        text(&[OFFER[5], "i=Grüße", OFFER[6], OFFER[7]]).as_bytes()
    );

    // Of the session, and empty.
    assert_clean(offer_with(3, info));
    assert_refused(
        offer_with(3, "i=x").replace("i=x", "i=x\r\ni=x"),
        DescriptionError::Duplicate { line: 5 },
    );
    let empty = assert_deviates(offer_with(6, "i="), Deviation::EmptyValue);
    assert_eq!(empty.sections()[0].info(), Some(&b""[..]));
}

#[test]
fn lines_that_may_stand_once() {
    let once = [
        "o=- 1 1 IN IP4 h.example.com",
        "u=http://h.example.com/",
        "c=IN IP4 192.0.2.1",
    ];
    for line in once {
        let twice = text(&["v=0", line, line]);
        assert_refused(twice, DescriptionError::Duplicate { line: 3 });
    }
    let several = [
        "e=a@h.example.com",
        "e=b@h.example.com",
        "p=+1 617 555-6011",
        "p=+1 617 555-6012",
    ];
    assert_clean(text(&[&OFFER[..3], &several, &OFFER[3..]].concat()));
}

/// Shows: SDP-5.9-01.
#[test]
fn time_and_bandwidth() {
    assert!(written(&Description::new(origin())).ends_with("\r\nt=0 0\r\n"));

    assert_clean(offer_instead(4, "t=99999999999999999999 0"));
    assert_clean(offer_with(5, "t=3034423619 3042462419"));
    let none = assert_deviates(offer_without(4), Deviation::NoTime);
    assert_eq!(written(&none), text(&OFFER));
    for bad in ["t=", "t=0", "t=0 0 0", "t=0  0", "t=now 0", "t=-1 0", "t= 0 0"] {
        assert_deviates(offer_instead(4, bad), Deviation::BadTime);
    }

    let plain = assert_clean(text(&OFFER));
    for at in [4, 6] {
        let limited = assert_clean(offer_with(at, "b=X-YZ:128"));
        assert_eq!(limited.connection(), plain.connection());
        assert_eq!(limited.sections()[0].media(), plain.sections()[0].media());
        assert!(
            limited.sections()[0]
                .attributes()
                .eq(plain.sections()[0].attributes())
        );
    }
}

/// Shows: SDP-5.12-01.
#[test]
fn key() {
    let canonical = text(&OFFER);
    for key in [
        "k=prompt",
        "k=clear:secret",
        "k=base64:c2VjcmV0",
        "k=uri:http://h.example.com/",
        "k=",
    ] {
        // Where the grammar has it, at both levels.
        for at in [5, 6] {
            let read = Description::parse_strict(offer_with(at, key).as_bytes()).unwrap();
            assert_eq!(written(&read), canonical);
            assert_eq!(read, assert_clean(&canonical));
        }
        let audio = text(&[&OFFER[..], &["m=audio 49170 RTP/AVP 0"]].concat());
        let read = Description::parse_strict(format!("{audio}{key}\r\n").as_bytes()).unwrap();
        assert_eq!(written(&read), audio);
    }
}
