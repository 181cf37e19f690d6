//! SDP and the icons that it names, in one body.

use bytes::Bytes;
use msrp_multipart::{ContentId, Entity, MediaType, Multipart, MultipartBuilder};
use msrp_sdp::{Description, FilePart, FileRange, Local, Origin, SdpBody, SdpBodyError};

use crate::{f, ids, lines, transfers};

fn cid(text: &str) -> ContentId {
    ContentId::new(text).unwrap()
}

fn media_type(text: &str) -> MediaType {
    text.parse().unwrap()
}

/// The description that offers what the part says.
fn described(part: &FilePart) -> Vec<u8> {
    let host: std::net::IpAddr = "192.0.2.1".parse().unwrap();
    let local = Local::listening(host, 7654)
        .plain()
        .file(part.attributes.clone(), part.direction);
    let session = local.open(&mut ids()).unwrap();
    Description::new(Origin::new(1, host.into()))
        .with_section(session.offer())
        .to_bytes()
}

fn read(sdp: &[u8]) -> FilePart {
    let (index, media) = Description::parse_strict(sdp).unwrap().msrp().swap_remove(0);
    media.unwrap().file_part(index)
}

/// Session-ids in a log would be keys to sessions (RFC 4975 §14.1).
#[test]
fn nothing_of_it_is_shown() {
    let body = SdpBody::parse(
        &media_type("application/sdp"),
        &Bytes::from_static(b"a=path:secret"),
    )
    .unwrap();
    assert!(!format!("{body:?}").contains("secret"));
}

/// Shows: FT-8.8-01, FT-6-09 (the part that is meant).
#[test]
fn an_icon_travels_with_the_offer() {
    let mut ids = ids();
    let id = cid("id2@alicepc.example.com");
    let offer = transfers()
        .push(&f().with_icon(id.clone()), FileRange::WHOLE, 0, &mut ids)
        .unwrap();
    let sdp = described(&offer);
    let icon = SdpBody::icon_part(&id, &media_type("image/jpeg"), &b"\xFF\xD8\r\n--"[..]).unwrap();
    let body = SdpBody::with_icons(sdp.clone(), [icon], &mut ids).unwrap();

    let content_type = body.headers.media_type();
    assert!(content_type.is("multipart/related"));
    assert_eq!(content_type.parameter_str("type"), Some("application/sdp"));
    let multipart = Multipart::parse_strict(&content_type, &body.body).unwrap();
    assert!(multipart.top().related_deviations().is_empty());
    let [root, picture] = multipart.parts() else {
        panic!()
    };
    assert!(root.media_type().is("application/sdp"));
    assert_eq!(root.body(), &sdp);
    assert_eq!(multipart.top().root().unwrap().0, 0);
    assert_eq!(picture.headers().content_id(), Some(&id));
    let written = std::str::from_utf8(picture.headers().as_bytes()).unwrap();
    assert!(written.contains("Content-ID: <id2@alicepc.example.com>\r\n"));
    assert!(written.contains("Content-Disposition: icon\r\n"));

    // The other side reads the offer, and finds the picture that it names.
    let received = SdpBody::parse(&content_type, &body.body).unwrap();
    let part = read(received.sdp());
    assert_eq!(part.attributes, offer.attributes);
    let icon = received.icon(&part.attributes.icon.unwrap()).unwrap();
    assert_eq!(icon.body(), &b"\xFF\xD8\r\n--"[..]);
    assert!(icon.media_type().is("image/jpeg"));
    assert!(received.icon(&cid("id3@alicepc.example.com")).is_none());

    // For a peer that takes no multiparts: SDP alone, about the same transfer.
    let plain = offer.clone().without_icon();
    let sdp = Bytes::from(described(&plain));
    let received = SdpBody::parse(&media_type("application/sdp"), &sdp).unwrap();
    assert_eq!(received.sdp(), &sdp);
    let part = read(received.sdp());
    assert_eq!(part.attributes.icon, None);
    assert_eq!(part.attributes.transfer_id, offer.attributes.transfer_id);
    assert!(part.attributes.transfer_id.is_some());
    assert!(!lines(&part).iter().any(|line| line.starts_with("file-icon")));
    assert!(received.icon(&id).is_none());
}

#[test]
fn the_root_need_not_be_the_first_part() {
    let sdp = Entity::new(&media_type("application/sdp"), "v=0\r\n").unwrap();
    let sdp = sdp.with_content_id(&cid("root@h")).unwrap();
    let icon = SdpBody::icon_part(&cid("icon@h"), &media_type("image/png"), "png").unwrap();
    let body = MultipartBuilder::related().part(icon).part(sdp).root(1);
    let body = body.build(&mut |octets| octets.fill(7)).unwrap();
    let read = SdpBody::parse(&body.headers.media_type(), &body.body).unwrap();
    assert_eq!(read.sdp(), "v=0\r\n");
    assert_eq!(read.icon(&cid("icon@h")).unwrap().body(), "png");
}

/// SIP has it sometimes.
#[test]
fn an_encoded_root() {
    let sdp = Entity::new(&media_type("application/sdp"), "dj0wDQo=").unwrap();
    let sdp = sdp.with_field("Content-Transfer-Encoding", "base64").unwrap();
    let body = MultipartBuilder::related()
        .part(sdp)
        .build(&mut |octets| octets.fill(7))
        .unwrap();
    let read = SdpBody::parse(&body.headers.media_type(), &body.body).unwrap();
    assert_eq!(read.sdp(), "v=0\r\n");
}

#[test]
fn what_has_no_sdp() {
    let parse = |content_type: &str, body: &'static str| {
        SdpBody::parse(&media_type(content_type), &Bytes::from_static(body.as_bytes())).unwrap_err()
    };
    assert_eq!(parse("text/plain", "v=0\r\n"), SdpBodyError::NotSdp);
    let root = "--b\r\nContent-Type: text/plain\r\n\r\nv=0\r\n--b--";
    assert_eq!(
        parse("multipart/related;type=\"text/plain\";boundary=b", root),
        SdpBodyError::NotSdp
    );
    let start = "multipart/related;type=\"application/sdp\";boundary=b;start=\"<x@h>\"";
    assert_eq!(parse(start, root), SdpBodyError::NotSdp);
    assert!(matches!(
        parse("multipart/related", root),
        SdpBodyError::Multipart(_)
    ));
    let encoded =
        "--b\r\nContent-Type: application/sdp\r\nContent-Transfer-Encoding: x-foo\r\n\r\nv=0\r\n--b--";
    assert_eq!(
        parse("multipart/related;type=\"application/sdp\";boundary=b", encoded),
        SdpBodyError::NotSdp
    );
}
