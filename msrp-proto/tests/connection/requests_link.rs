//! Requests on a link of messages, each of which is one frame.

use msrp_proto::wire::{Header, Method, StatusCode};
use msrp_proto::{Link, MediaType, Request, RequestErrorReason, RespondErrorReason, Response, Terms};

use crate::frame::{A, Frame};
use crate::peer::{Cut, Setup};
use crate::requests_received::foo;

fn setup(max_len: usize) -> Setup {
    let setup = Setup::new().link(Link::websocket(max_len));
    setup.config(|config| config.methods([foo()]))
}

fn with_body(len: usize) -> Request {
    Request::new(foo()).body(MediaType::new("text", "plain").unwrap(), vec![b'x'; len])
}

/// A request is as long as a message may be, and no longer.
#[test]
fn what_does_not_fit_is_not_taken() {
    let mut peer = setup(400).peer(Cut::Whole);
    peer.bind();
    peer.ask("q", with_body(0));
    let room = 400 - peer.transmitted().len();
    peer.ask("q", with_body(room));
    assert_eq!(peer.connection.poll_transmit(peer.now).unwrap().len(), 400);
    let error = peer.session("B").request(with_body(room + 1)).unwrap_err();
    assert_eq!(error.reason, RequestErrorReason::TooLong);
    // The path grows.
    peer.ask("grown", with_body(room));
    peer.session("B")
        .update(Terms::new(format!("{A} {A}").parse().unwrap()));
    assert_eq!(
        peer.events(),
        ["grown failed: longer than a message of the transport"]
    );
    assert_eq!(peer.transmitted(), b"");
}

#[test]
fn responses_fit() {
    let answer = |response: Response| {
        let mut peer = setup(200).peer(Cut::Whole);
        peer.feed(Frame::new("t001", "FOO"));
        let request = peer.asked();
        peer.connection
            .respond(request, response)
            .map(|()| peer.transmitted().len())
    };
    let len = answer(Response::OK).unwrap();
    // A comment is left out where there is no room for it.
    assert_eq!(
        answer(Response::OK.comment(&"x".repeat(200))).unwrap(),
        len - " OK".len()
    );
    let header = |len| Header::new("X-A", &"x".repeat(len)).unwrap();
    let room = 200 - (len - " OK".len()) - "X-A: \r\n".len();
    assert_eq!(answer(Response::OK.header(header(room))).unwrap(), 200);
    let error = answer(Response::OK.header(header(room + 1))).unwrap_err();
    assert_eq!(error.reason, RespondErrorReason::TooLong);

    // It can still be answered.
    let mut peer = setup(200).peer(Cut::Whole);
    peer.feed(Frame::new("t001", "FOO"));
    let request = peer.asked();
    let long = Response::OK.header(header(200));
    let error = peer.connection.respond(request, long).unwrap_err();
    let forbidden = Response::new(StatusCode::FORBIDDEN).unwrap();
    peer.connection.respond(*error.request, forbidden).unwrap();
    assert_eq!(peer.sent_lines(), ["t001 403"]);
}

/// A frame that is cut off is not a request.
#[test]
fn what_is_cut_off_is_not_told() {
    let mut peer = setup(400).peer(Cut::Whole);
    peer.bind();
    let frame = Frame::new("t001", "FOO").typed("a/b").body("hello");
    let [front, rest] = frame.split_in_body(2);
    peer.feed(front);
    peer.feed(rest);
    let events = peer.events();
    assert!(
        events.iter().all(|event| event.starts_with("Unframed")),
        "{events:?}"
    );
    peer.feed(frame);
    assert_eq!(peer.events(), ["B requested FOO"]);
    let request = peer.asked();
    assert_eq!(
        (request.method(), request.body().unwrap().len()),
        (Some(&foo()), 5)
    );
    assert_ne!(request.method(), Some(&Method::Nickname));
}
