use msrp_multipart::{ContentId, ContentIdError, Deviation, Entity, MessageUrl, Multipart};

use crate::{counter, headers, listed, media_type, octets};

/// Shows: MIME45-7-01.
#[test]
fn a_content_id_stands_in_angle_brackets() {
    let read = headers("Content-ID: <a@b.example>⏎");
    assert_eq!(read.content_id().unwrap().as_str(), "a@b.example");
    assert!(read.deviations().is_empty());
    let bare = headers("Content-ID: a@b.example⏎");
    assert_eq!(bare.content_id().unwrap().as_str(), "a@b.example");
    assert_eq!(listed(bare.deviations()), [Deviation::BareContentId]);
    let illegal = headers("Content-ID: <a b@c>⏎");
    assert!(illegal.content_id().is_none());
    assert_eq!(listed(illegal.deviations()), [Deviation::BadField]);
    for text in ["abc", "@b", "a@", "a@b@c"] {
        let read = headers(&format!("Content-ID: <{text}>⏎"));
        assert_eq!(read.content_id().unwrap().as_str(), text);
        assert_eq!(listed(read.deviations()), [Deviation::BareContentId], "{text}");
    }
    let mut fill = counter(0);
    let one = ContentId::generate("x.example", &mut fill).unwrap();
    let other = ContentId::generate("x.example", &mut fill).unwrap();
    assert_eq!(one.as_str(), "00010203040506070809@x.example");
    assert!(one != other);
    let built = Entity::text("x").with_content_id(&one).unwrap();
    let field = built.headers.field("Content-ID").unwrap().value().to_vec();
    assert_eq!(field, b"<00010203040506070809@x.example>");
}

/// Shows: MIME45-5.1-04 (Content-ID).
#[test]
fn comments_around_a_content_id() {
    for text in ["<a(b)@c>", "<a(b)@c> (x)", "(x <y@z>) <a(b)@c>⏎ (z (\\)))"] {
        let read = headers(&format!("Content-ID: {text}⏎"));
        assert_eq!(read.content_id().unwrap().as_str(), "a(b)@c", "{text}");
        assert!(read.deviations().is_empty(), "{text}");
    }
    let bare = headers("Content-ID: a@b (x)⏎");
    assert_eq!(bare.content_id().unwrap().as_str(), "a@b");
    assert_eq!(listed(bare.deviations()), [Deviation::BareContentId]);
    for text in [
        "<a@b",
        "<a@b> <c@d>",
        "<a@b>x",
        "(x",
        "<>",
        "",
        "a@b>",
        "<a@b> (x",
    ] {
        let read = headers(&format!("Content-ID: {text}⏎"));
        assert!(read.content_id().is_none(), "{text}");
        assert_eq!(listed(read.deviations()), [Deviation::BadField], "{text}");
    }
}

#[test]
fn what_is_no_content_id() {
    for (text, error) in [
        ("", ContentIdError::NoAddress),
        ("a", ContentIdError::NoAddress),
        ("@b", ContentIdError::NoAddress),
        ("a@", ContentIdError::NoAddress),
        ("a@b@c", ContentIdError::NoAddress),
        ("a b@c", ContentIdError::Illegal { offset: 1 }),
        ("a@b>", ContentIdError::Illegal { offset: 3 }),
        ("a@b\r\nX: y", ContentIdError::Illegal { offset: 3 }),
        ("é@b", ContentIdError::Illegal { offset: 0 }),
    ] {
        assert_eq!(ContentId::new(text), Err(error), "{text}");
    }
}

/// Shows: MIME92-2-01.
#[test]
fn urls_of_entities() {
    let id = ContentId::from_url("cid:foo4%25foo1@bar.net").unwrap();
    assert_eq!(id.as_str(), "foo4%foo1@bar.net");
    assert_eq!(id.to_url(), "cid:foo4%25foo1@bar.net");
    let slash = ContentId::new("a/b@x").unwrap();
    assert_eq!(slash.to_url(), "cid:a%2Fb@x");
    assert_eq!(ContentId::from_url("CID:a%2fb@x"), Ok(slash));
    assert_eq!(ContentId::from_url("cid:%zz@x"), Err(ContentIdError::Percent));
    assert_eq!(ContentId::from_url("cid:%ff@x"), Err(ContentIdError::Percent));
    assert_eq!(ContentId::from_url("http://x"), Err(ContentIdError::Scheme));
    assert_eq!(
        ContentId::from_url("cid:a%0D%0Ab@x"),
        Err(ContentIdError::Illegal { offset: 1 })
    );
}

/// Shows: MIME92-2-02.
#[test]
fn a_url_finds_its_part() {
    let related = media_type("multipart/related;boundary=b;type=text/html");
    let picture = "--i⏎Content-ID: <foo4%foo1@bar.net>⏎Content-Type: image/gif⏎⏎GIF⏎--i--";
    let text = format!(
        "--b⏎Content-Type: text/html⏎⏎<img src=\"cid:foo4%25foo1@bar.net\">⏎--b⏎\
         Content-Type: multipart/mixed;boundary=i⏎⏎{picture}⏎--b⏎Content-ID: <raw%25@x>⏎⏎raw⏎--b--"
    );
    let read = Multipart::parse(&related, &octets(&text)).unwrap();
    let find = |url: &str| read.resolve(url, |_| true).map(|part| part.body().clone());
    assert_eq!(find("cid:foo4%25foo1@bar.net").unwrap(), "GIF");
    // Not decoded, as some do (ruling C22).
    assert_eq!(find("cid:raw%25@x").unwrap(), "raw");
    // Nor need it be an address, or well encoded, to be compared.
    let odd = Multipart::parse(
        &related,
        &octets("--b⏎Content-ID: <a/b>⏎⏎slash⏎--b⏎Content-ID: <1%@x>⏎⏎percent⏎--b--"),
    )
    .unwrap();
    let found = |url: &str| odd.resolve(url, |_| true).map(|part| part.body().clone());
    assert_eq!(found("CID:a%2Fb").unwrap(), "slash");
    assert_eq!(found("cid:1%@x").unwrap(), "percent");
    assert_eq!(found("cid:1%25@x").unwrap(), "percent");
    assert_eq!(find("cid:unknown@x"), None);
    assert_eq!(find("http://x"), None);

    let alternative = media_type("multipart/alternative;boundary=b");
    let part = |kind: &str| format!("--b⏎Content-ID: <a@x>⏎Content-Type: {kind}⏎⏎{kind}⏎");
    let text = [
        part("image/gif"),
        part("image/png"),
        part("image/new"),
        "--b--".into(),
    ]
    .concat();
    let read = Multipart::parse(&alternative, &octets(&text)).unwrap();
    let find = |supported: &[&str]| {
        let part = read.resolve("cid:a@x", |found| supported.iter().any(|one| found.is(one)));
        part.map(|part| part.media_type().to_string())
    };
    assert_eq!(find(&["image/gif", "image/png"]).unwrap(), "image/png");
    assert_eq!(find(&["image/gif"]).unwrap(), "image/gif");
    assert_eq!(find(&[]), None);
    // One that stands elsewhere is no alternative to it.
    let text = "--b⏎Content-Type: multipart/alternative;boundary=i⏎⏎--i⏎Content-ID: <a@x>⏎⏎in⏎--i--⏎\
                --b⏎Content-ID: <a@x>⏎⏎out⏎--b--";
    let read = Multipart::parse(&crate::mixed(), &octets(text)).unwrap();
    assert_eq!(read.resolve("cid:a@x", |_| true).unwrap().body(), "in");
}

/// Shows: MIME92-2-03.
#[test]
fn urls_of_messages() {
    let both = MessageUrl::parse("mid:960830.1639@XIson.com/partA.960830.1639@XIson.com").unwrap();
    assert_eq!(both.message.as_str(), "960830.1639@XIson.com");
    assert_eq!(both.content.unwrap().as_str(), "partA.960830.1639@XIson.com");
    let one = MessageUrl::parse("mid:a%2fb@c").unwrap();
    assert_eq!((one.message.as_str(), one.content), ("a/b@c", None));
    let encoded = MessageUrl::parse("MID:a%2fb@c/d%25%2Fe@f").unwrap();
    assert_eq!(encoded.message.as_str(), "a/b@c");
    assert_eq!(encoded.content.unwrap().as_str(), "d%/e@f");
    // The first slash splits, even if another one should have been encoded.
    let slashes = MessageUrl::parse("mid:a@b/c/d@e").unwrap();
    assert_eq!(slashes.message.as_str(), "a@b");
    assert_eq!(slashes.content.unwrap().as_str(), "c/d@e");
    assert_eq!(MessageUrl::parse("mid:a@b/c%zz@d"), Err(ContentIdError::Percent));
    assert_eq!(MessageUrl::parse("cid:a@b"), Err(ContentIdError::Scheme));
    assert_eq!(MessageUrl::parse("mid:a@b/"), Err(ContentIdError::NoAddress));
}
