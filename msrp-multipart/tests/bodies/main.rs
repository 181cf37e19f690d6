//! Entities and multiparts, through the public API.

mod alternative;
mod builder;
mod composite;
mod content_id;
mod delimiters;
mod encoding;
mod headers;
mod limits;
mod properties;
mod related;
mod samples;
mod streaming;

use bytes::Bytes;
use msrp_multipart::{Deviation, Deviations, Entity, Headers, MediaType, Multipart, ReadError};

#[track_caller]
fn media_type(text: &str) -> MediaType {
    MediaType::parse(text.as_bytes(), msrp_multipart::Profile::Mime).unwrap()
}

fn mixed() -> MediaType {
    media_type("multipart/mixed;boundary=b")
}

/// Text of tests: `⏎` is CRLF.
fn octets(text: &str) -> Bytes {
    Bytes::from(text.replace('⏎', "\r\n"))
}

#[track_caller]
fn headers(text: &str) -> Headers {
    Headers::parse(octets(text)).unwrap()
}

#[track_caller]
fn entity(text: &str) -> Entity {
    Entity::parse(&octets(text)).unwrap()
}

/// The multipart of a text, with `b` as its boundary.
#[track_caller]
fn multipart(text: &str) -> Multipart {
    Multipart::parse(&mixed(), &octets(text)).unwrap()
}

fn error(text: &str) -> ReadError {
    Multipart::parse(&mixed(), &octets(text)).unwrap_err()
}

/// The bodies of all parts.
#[track_caller]
fn bodies(text: &str) -> Vec<Bytes> {
    multipart(text)
        .parts()
        .iter()
        .map(|part| part.body().clone())
        .collect()
}

fn listed(deviations: Deviations) -> Vec<Deviation> {
    deviations.iter().collect()
}

/// Random octets that are none: the same ones from the same start.
fn counter(mut next: u8) -> impl FnMut(&mut [u8]) {
    move |octets| {
        for octet in octets {
            *octet = next;
            next = next.wrapping_add(1);
        }
    }
}
