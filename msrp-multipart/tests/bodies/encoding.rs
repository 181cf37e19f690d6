use msrp_multipart::{DecodingError, TransferEncoding, encode_base64};

use crate::{entity, headers, media_type, octets};

/// Shows: MIME45-6.1-01.
#[test]
fn identities_leave_the_octets_and_unknown_ones_hide_the_type() {
    for name in ["BINARY", "8Bit", "7bit", "binary (x)"] {
        let read = entity(&format!("Content-Transfer-Encoding: {name}⏎⏎é\0"));
        assert!(read.headers.transfer_encoding().is_identity());
        assert_eq!(read.decoded().unwrap(), "é\0".as_bytes());
        assert!(read.deviations().is_empty());
    }
    let absent = entity("⏎é");
    assert_eq!(absent.headers.transfer_encoding(), &TransferEncoding::SevenBit);
    assert_eq!(absent.decoded().unwrap(), "é".as_bytes());
    let unknown = entity("Content-Type: text/plain⏎Content-Transfer-Encoding: x-zip⏎⏎abc");
    assert_eq!(
        unknown.headers.media_type(),
        media_type("application/octet-stream")
    );
    assert_eq!(unknown.headers.content_type(), Some(&media_type("text/plain")));
    assert_eq!(unknown.decoded(), Err(DecodingError::Unknown));
    assert_eq!(unknown.body, "abc");
}

/// Shows: MIME45-6.7-01.
#[test]
fn quoted_printable() {
    let decode = |text: &str| {
        let octets = octets(text);
        TransferEncoding::QuotedPrintable
            .decode(&octets)
            .unwrap()
            .into_owned()
    };
    assert_eq!(
        decode("a=3Db=⏎c  ⏎=e9=XY"),
        [b"a=bc\r\n\xe9".as_slice(), b"=XY"].concat()
    );
    assert_eq!(decode("=E9=e9 \t⏎"), b"\xe9\xe9\r\n");
}

/// Shows: MIME45-6.8-01.
#[test]
fn base64() {
    let decode = |text: &str| {
        TransferEncoding::Base64
            .decode(&octets(text))
            .map(|octets| octets.into_owned())
    };
    assert_eq!(decode("aGVs⏎bG8N*Cg==").unwrap(), b"hello\r\n");
    assert_eq!(decode("aGVsbG8=and the rest").unwrap(), b"hello");
    assert_eq!(decode("+/+/-_").unwrap(), b"\xfb\xff\xbf");
    assert_eq!(decode("").unwrap(), b"");
    for cut in ["aGV", "aG", "a", "aGVsb", "aGVsb===", "a="] {
        assert_eq!(decode(cut), Err(DecodingError::Base64), "{cut}");
    }
    let encoded = encode_base64(&[b'x'; 60]);
    let lines: Vec<_> = encoded.split(|octet| *octet == b'\n').collect();
    assert_eq!(
        lines
            .iter()
            .map(|line| line.trim_ascii().len())
            .collect::<Vec<_>>(),
        [76, 4]
    );
    assert_eq!(
        TransferEncoding::Base64.decode(&encoded).unwrap(),
        [b'x'; 60].as_slice()
    );
}

#[test]
fn names() {
    for (name, encoding) in [
        ("7BIT", TransferEncoding::SevenBit),
        ("8bit", TransferEncoding::EightBit),
        ("Binary", TransferEncoding::Binary),
        ("BASE64", TransferEncoding::Base64),
        ("Quoted-Printable", TransferEncoding::QuotedPrintable),
    ] {
        assert_eq!(
            headers(&format!("Content-Transfer-Encoding: {name}⏎")).transfer_encoding(),
            &encoding
        );
        assert!(encoding.to_string().eq_ignore_ascii_case(name));
    }
}
