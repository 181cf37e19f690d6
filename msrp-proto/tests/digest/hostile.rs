//! Texts that would become more than a text, and headers that are much too long.

use msrp_proto::wire::digest::{
    AuthenticationInfo, Authorization, Challenge, Cnonce, Credentials, ParameterError,
};

use crate::{INTRA, alice, answer, uri};

#[test]
fn control_characters_cannot_be_written() {
    let challenge = Challenge::new("r", "n").unwrap();
    let answer = answer(&challenge, 1, "c");
    let info = AuthenticationInfo::new(answer.authorization(), &alice(), uri(INTRA).as_ref());
    for control in (0..0x20).chain([0x7f]).map(char::from) {
        let bad = format!("a{control}b");
        let results = [
            Credentials::new(&bad, "p").err(),
            Credentials::new("u", &bad).err(),
            bad.parse::<Cnonce>().err(),
            Challenge::new(&bad, "n").err(),
            Challenge::new("r", &bad).err(),
            challenge.clone().with_opaque(&bad).err(),
            challenge.with_nonce(&bad).err(),
            info.clone().with_nextnonce(&bad).err(),
        ];
        // HTAB may stand in a quoted string (RFC 4975 §9).
        let expected = (control != '\t').then_some(ParameterError);
        assert_eq!(results, [expected; 8], "{control:?}");
    }
}

#[test]
fn a_megabyte_is_read_in_no_time() {
    let octets = 1 << 20;
    for part in [
        ",",
        " ",
        "\"",
        "\\",
        "\\\"",
        "a=b,",
        "a=\"\\\"\",",
        "=",
        "realm=r,",
        "qop",
    ] {
        let part = part.repeat(octets / part.len());
        for value in [
            format!("Digest {part}"),
            format!("Digest realm=\"r\", nonce=\"n\", qop=\"auth\", {part}"),
            format!("Digest realm=\"{part}"),
            format!("Digest realm=\"{part}\", nonce=\"n\", qop=\"{part}\""),
            part,
        ] {
            let _ = Challenge::parse(value.as_bytes());
            let _ = Authorization::parse(value.as_bytes());
            let _ = AuthenticationInfo::parse(value.as_bytes());
        }
    }
}
