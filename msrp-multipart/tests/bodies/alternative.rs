use msrp_multipart::{BuildError, ContentId, Entity, Multipart, MultipartBuilder};

use crate::{counter, media_type, octets};

/// Shows: MIME46-5.1.4-01.
#[test]
fn the_last_that_is_supported_is_taken() {
    let alternative = media_type("multipart/alternative;boundary=b");
    let body =
        octets("--b⏎⏎plain⏎--b⏎Content-Type: text/html⏎⏎rich⏎--b⏎Content-Type: application/x-q⏎⏎q⏎--b--");
    let read = Multipart::parse(&alternative, &body).unwrap();
    let choose = |supported: &[&str]| {
        let part = read
            .top()
            .alternative(|found| supported.iter().any(|one| found.is(one)));
        part.map(|part| part.body().clone())
    };
    assert_eq!(choose(&["text/plain", "text/html"]).unwrap(), "rich");
    assert_eq!(choose(&["text/plain"]).unwrap(), "plain");
    assert_eq!(choose(&["image/png"]), None);
    let built = MultipartBuilder::alternative()
        .part(Entity::text("1"))
        .part(Entity::text("2"))
        .build(&mut counter(0))
        .unwrap();
    let read = Multipart::parse_strict(&built.headers.media_type(), &built.body).unwrap();
    let bodies: Vec<_> = read.parts().iter().map(|part| part.body().clone()).collect();
    assert_eq!(bodies, ["1", "2"]);
}

/// Shows: MIME46-5.1.4-02.
#[test]
fn content_ids_differ() {
    let id: ContentId = "w@x".parse().unwrap();
    let part = |text: &str| Entity::text(text).with_content_id(&id).unwrap();
    let twice = [
        MultipartBuilder::alternative()
            .content_id(id.clone())
            .part(part("a")),
        MultipartBuilder::mixed().content_id(id.clone()).part(part("a")),
        MultipartBuilder::alternative().part(part("a")).part(part("b")),
        MultipartBuilder::mixed().part(part("a")).part(part("a")),
    ];
    for builder in twice {
        assert_eq!(
            builder.build(&mut counter(0)).unwrap_err(),
            BuildError::DuplicateContentId
        );
    }
    let same = MultipartBuilder::alternative().part(part("a")).part(part("a"));
    assert!(same.build(&mut counter(0)).is_ok());
}
