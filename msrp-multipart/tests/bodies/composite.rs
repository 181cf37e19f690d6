use msrp_multipart::{Deviation, Kind, Multipart};

use crate::{listed, media_type, multipart, octets};

/// Shows: MIME46-5.1.2-01.
#[test]
fn an_outer_delimiter_ends_all_that_is_within() {
    let read = multipart(
        "--b⏎Content-Type: multipart/mixed;boundary=i⏎⏎--i⏎⏎one⏎--i⏎Content-Type: \
         multipart/mixed;boundary=j⏎⏎--j⏎⏎deep⏎--b⏎⏎two⏎--b--",
    );
    assert_eq!(read.top().parts().count(), 2);
    let (inner, first) = read.top().parts().next().unwrap();
    assert_eq!(listed(first.deviations()), [Deviation::Unterminated]);
    let texts = |index| {
        let parts = read.group(index).unwrap().parts();
        parts.map(|(_, part)| part.body().clone()).collect::<Vec<_>>()
    };
    assert_eq!(texts(inner)[0], "one");
    let (deep, part) = read.group(inner).unwrap().parts().nth(1).unwrap();
    assert_eq!(listed(part.deviations()), [Deviation::Unterminated]);
    assert_eq!(texts(deep), ["deep"]);
    let second = read.top().parts().nth(1).unwrap().1;
    assert_eq!(
        (&second.body()[..], listed(second.deviations())),
        (&b"two"[..], vec![])
    );
}

/// Shows: MIME46-5.1.1-10 (within another multipart).
#[test]
fn a_plain_delimiter_before_an_outer_one_opens_no_part() {
    for (behind, others) in [("--b--", 0), ("--b--⏎", 0), ("--b⏎⏎two⏎--b--", 1)] {
        let read = multipart(&format!(
            "--b⏎Content-Type: multipart/mixed;boundary=i⏎⏎--i⏎⏎one⏎--i⏎{behind}"
        ));
        let (index, inner) = read.top().parts().next().unwrap();
        assert_eq!(listed(read.deviations()), [Deviation::Unterminated], "{behind}");
        assert_eq!(inner.body(), &octets("--i⏎⏎one⏎--i"), "{behind}");
        assert_eq!(read.group(index).unwrap().parts().count(), 1, "{behind}");
        assert_eq!(read.parts().len(), 2 + others, "{behind}");
    }
    let read = multipart("--b⏎Content-Type: multipart/mixed;boundary=i⏎⏎--i⏎--b--");
    assert!(read.parts().len() == 1 && read.deviations().contains(Deviation::NoParts));
    assert_eq!(read.parts()[0].body(), "--i");
}

#[test]
fn inner_multiparts_are_opened() {
    let read = multipart(
        "--b⏎⏎before⏎--b⏎Content-Type: multipart/alternative;boundary=i⏎⏎pre⏎--i⏎⏎a⏎--i⏎⏎c⏎--i--⏎\
         epilogue⏎--b⏎⏎behind⏎--b--",
    );
    assert!(read.deviations().is_empty());
    let shape: Vec<_> = read
        .parts()
        .iter()
        .map(|part| (part.depth(), part.parent()))
        .collect();
    assert_eq!(
        shape,
        [(0, None), (0, None), (1, Some(1)), (1, Some(1)), (0, None)]
    );
    assert!(read.parts()[1].is_multipart() && !read.parts()[2].is_multipart());
    assert_eq!(read.group(1).unwrap().kind(), Kind::Alternative);
    assert!(read.group(0).is_none() && read.group(99).is_none());
    // The octets of the inner one are there as well.
    assert!(read.parts()[1].body().starts_with(b"pre\r\n--i"));
    assert!(read.parts()[1].body().ends_with(b"epilogue"));
}

#[test]
fn an_inner_multipart_without_parts_or_boundary() {
    let read = multipart("--b⏎Content-Type: multipart/mixed;boundary=i⏎⏎nothing⏎--b--");
    let mut deviations = listed(read.parts()[0].deviations());
    deviations.sort_by_key(|deviation| deviation.to_string());
    assert_eq!(deviations, [Deviation::Unterminated, Deviation::NoParts]);
    assert_eq!(read.parts()[0].body(), "nothing");
    for parameter in ["", ";boundary=\"\"", ";boundary=\"a \""] {
        let read = multipart(&format!(
            "--b⏎Content-Type: multipart/mixed{parameter}⏎⏎--i⏎⏎x⏎--i--⏎--b--"
        ));
        assert_eq!(listed(read.deviations()), [Deviation::MissingBoundary]);
        assert!(!read.parts()[0].is_multipart());
        assert_eq!(read.parts()[0].body(), "--i\r\n\r\nx\r\n--i--");
    }
}

/// Shows: MIME45-6.4-01 (the parser).
#[test]
fn an_encoded_composite_is_not_opened() {
    for encoding in ["base64", "quoted-printable", "x-unknown"] {
        let read = multipart(&format!(
            "--b⏎Content-Type: multipart/mixed;boundary=i⏎Content-Transfer-Encoding: {encoding}⏎⏎\
             --i⏎⏎x⏎--i--⏎--b--"
        ));
        assert_eq!(listed(read.deviations()), [Deviation::EncodedComposite]);
        assert_eq!(read.parts().len(), 1);
        assert!(!read.parts()[0].is_multipart());
    }
    let read = multipart("--b⏎Content-Type: message/cpim⏎Content-Transfer-Encoding: base64⏎⏎x⏎--b--");
    assert_eq!(listed(read.deviations()), [Deviation::EncodedComposite]);
}

/// Shows: MIME46-5.1.3-01 (the kinds).
#[test]
fn unknown_subtypes_act_as_mixed() {
    let media_type = media_type("multipart/x-new;boundary=b");
    let read = Multipart::parse(&media_type, &octets("--b⏎⏎1⏎--b⏎⏎2⏎--b⏎⏎3⏎--b--")).unwrap();
    assert_eq!(read.top().kind(), Kind::Mixed);
    let bodies: Vec<_> = read.top().parts().map(|(_, part)| part.body().clone()).collect();
    assert_eq!(bodies, ["1", "2", "3"]);
    for (subtype, kind) in [
        ("MIXED", Kind::Mixed),
        ("Alternative", Kind::Alternative),
        ("digest", Kind::Digest),
        ("related", Kind::Related),
        ("signed", Kind::Signed),
        ("parallel", Kind::Mixed),
    ] {
        assert_eq!(
            Kind::of(&crate::media_type(&format!("multipart/{subtype}"))),
            kind
        );
    }
}

/// Shows: MIME46-P14.3-01, MSRP-14.3-01 (its parts can be read).
#[test]
fn signed_parts_keep_their_exact_octets() {
    let signed = "Content-Type:   message/cpim⏎X:  y ⏎⏎From: <im:a@x.example>⏎To: <im:b@x.example>⏎⏎\
                  Content-Type: text/plain⏎⏎signed⏎";
    let text = format!("--b⏎{signed}⏎--b⏎Content-Type: application/pkcs7-signature⏎⏎\0sig⏎--b--⏎");
    let media_type = media_type("multipart/signed;boundary=b;protocol=\"application/pkcs7-signature\"");
    let read = Multipart::parse(&media_type, &octets(&text)).unwrap();
    assert_eq!(read.top().kind(), Kind::Signed);
    assert_eq!(read.parts()[0].as_bytes(), &octets(signed));
    assert!(read.parts()[0].media_type().is("message/cpim"));
    assert!(read.parts()[1].media_type().is("application/pkcs7-signature"));
    assert_eq!(read.parts()[1].body(), "\0sig");
    assert_eq!(read.as_bytes(), &octets(&text));
    let mut builder = msrp_multipart::MultipartBuilder::new("signed").unwrap();
    for part in read.parts() {
        builder = builder.raw_part(part.as_bytes().clone());
    }
    let again = builder.boundary(msrp_multipart::Boundary::new("b").unwrap());
    assert_eq!(again.build(&mut |_| {}).unwrap().body, octets(&text));
}

/// Shows: MIME83-2.9-01.
#[test]
fn the_disposition_of_a_multipart_is_that_of_the_whole() {
    // The sample of RFC 2183 §2.9.
    let media_type = media_type("multipart/mixed; boundary=outer");
    let read = Multipart::parse(
        &media_type,
        &octets(
            "--outer⏎Content-Type: text/plain⏎Content-Disposition: inline⏎Content-Description: cover text⏎⏎\
             See attachment⏎--outer⏎Content-Type: multipart/mixed; boundary=inner⏎\
             Content-Disposition: attachment⏎⏎--inner⏎Content-Disposition: inline⏎⏎a⏎--inner⏎\
             Content-Disposition: attachment; filename=b⏎⏎b⏎--inner--⏎--outer--⏎",
        ),
    )
    .unwrap();
    let kinds: Vec<_> = read
        .parts()
        .iter()
        .map(|part| part.disposition().unwrap().kind())
        .collect();
    assert_eq!(kinds, ["inline", "attachment", "inline", "attachment"]);
}
