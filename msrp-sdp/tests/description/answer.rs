//! Answers have a section for each of the offer.

use msrp_sdp::{AnswerErrorReason, Description, MediaLine, Protocol, Section};

use crate::{OFFER, assert_clean, msrp, origin, text, written};

fn offer() -> Description {
    assert_clean(text(
        &[
            &OFFER[..5],
            &[
                "m=audio 49170/2 RTP/AVP 0 8 97",
                "c=IN IP4 224.2.1.1/127",
                "a=rtpmap:97 iLBC/8000",
            ],
            &OFFER[5..],
            &["m=video 51372 RTP/SAVPF 99", "a=sendonly"],
        ]
        .concat(),
    ))
}

/// Shows: SDP-5.14-02.
#[test]
fn as_many_sections_as_the_offer() {
    let offer = offer();
    let before = offer.to_bytes();
    let mine = msrp(8493)
        .with_attribute("accept-types", Some(b"text/plain"))
        .unwrap()
        .with_attribute("path", Some(b"msrp://bob.example.com:8493/s;tcp"))
        .unwrap();
    let mut answer = offer.answer(origin());
    answer.accept(1, mine).unwrap();
    let answer = answer.finish();
    assert_eq!(
        written(&answer),
        "v=0\r\no=- 7 0 IN IP4 bob.example.com\r\ns=-\r\nc=IN IP4 bob.example.com\r\nt=0 0\r\n\
         m=audio 0 RTP/AVP 0 8 97\r\n\
         m=message 8493 TCP/MSRP *\r\na=accept-types:text/plain\r\na=path:msrp://bob.example.com:8493/s;tcp\r\n\
         m=video 0 RTP/SAVPF 99\r\n"
    );
    assert_eq!(assert_clean(answer.to_bytes()), answer);
    assert_eq!(offer.to_bytes(), before);

    // A side that does audio as well accepts it with what its other parser made.
    let audio = Section::parse(b"m=audio 3456 RTP/AVP 0\r\na=x:\xff\r\n").unwrap();
    let mut answer = offer.answer(origin());
    answer.accept(0, audio.clone()).unwrap();
    let sections = answer.finish().sections().to_vec();
    assert_eq!(sections[0], audio);
    assert_eq!(sections[1], msrp(0));
    assert_eq!(sections[2].to_bytes(), b"m=video 0 RTP/SAVPF 99\r\n");

    let none = offer.answer(origin()).finish();
    assert!(none.sections().iter().all(|section| section.media().port() == 0));
    assert_eq!(none.sections().len(), 3);
    let empty = Description::new(origin());
    assert!(empty.answer(origin()).finish().sections().is_empty());
}

/// Shows: MSRP-8.1-06 (the answerer's half).
#[test]
fn the_second_of_two_is_refused() {
    let two = text(&[&OFFER[..], &OFFER[5..]].concat());
    let mut answer = assert_clean(two).answer(origin());
    let first = msrp(8493).with_attribute("accept-types", Some(b"*")).unwrap();
    answer.accept(0, first.clone()).unwrap();
    let answer = answer.finish();
    let [accepted, refused] = answer.sections() else {
        panic!()
    };
    assert_eq!(accepted, &first);
    assert_eq!(refused.to_bytes(), b"m=message 0 TCP/MSRP *\r\n");
}

#[test]
fn refused_with_more_than_a_line() {
    let mut answer = offer().answer(origin());
    let section = msrp(8493).with_attribute("file-transfer-id", Some(b"x")).unwrap();
    answer.refuse_with(1, section).unwrap();
    assert_eq!(
        answer.finish().sections()[1].to_bytes(),
        b"m=message 0 TCP/MSRP *\r\na=file-transfer-id:x\r\n"
    );
    let tls = Section::new(MediaLine::msrp(1, Protocol::Tls))
        .with_attribute("x", None)
        .unwrap();
    assert_eq!(tls.refused().to_bytes(), b"m=message 0 TCP/TLS/MSRP *\r\n");
}

#[test]
fn sections_that_cannot_answer() {
    let closed = text(&[&OFFER[..5], &["m=message 0 TCP/MSRP *", "m=audio 1 RTP/AVP 0"]].concat());
    let mut answer = assert_clean(closed).answer(origin());
    let section = msrp(8493).with_attribute("x", None).unwrap();
    for (index, reason) in [
        (0, AnswerErrorReason::Closed),
        (1, AnswerErrorReason::Media),
        (2, AnswerErrorReason::NoSuchSection),
        (usize::MAX, AnswerErrorReason::NoSuchSection),
    ] {
        let error = answer.accept(index, section.clone()).unwrap_err();
        assert_eq!((*error.section, error.reason), (section.clone(), reason));
        if index > 0 {
            let error = answer.refuse_with(index, section.clone()).unwrap_err();
            assert_eq!((*error.section, error.reason), (section.clone(), reason));
        }
    }
    // What was refused changed nothing; a closed section can be refused in more words.
    answer
        .accept(0, msrp(0).with_attribute("y", None).unwrap())
        .unwrap();
    let answer = answer.finish();
    assert_eq!(
        answer.sections()[0].to_bytes(),
        b"m=message 0 TCP/MSRP *\r\na=y\r\n"
    );
    assert_eq!(answer.sections()[1].to_bytes(), b"m=audio 0 RTP/AVP 0\r\n");

    // TLS may answer a section without (ruling R-45).
    let mut answer = assert_clean(text(&OFFER)).answer(origin());
    assert_eq!(
        answer.accept(0, Section::new(MediaLine::msrp(9, Protocol::Tls))),
        Ok(())
    );
}

/// RFC 3264 §6: the `t=` of an answer are those of its offer.
///
/// Shows: SDP-5.9-01 (answers).
#[test]
fn the_times_of_the_offer() {
    let offer = |times: &str| {
        let text =
            format!("v=0\r\no=- 1 1 IN IP4 h.example.com\r\ns=-\r\nc=IN IP4 h.example.com\r\n{times}a=x\r\n");
        Description::parse(text.as_bytes()).unwrap()
    };
    let answered = |times: &str| {
        let answer = assert_clean(offer(times).answer(origin()).finish().to_bytes());
        let lines = written(&answer);
        lines
            .lines()
            .filter(|line| line.starts_with("t="))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        answered("t=2873397496 99999999999999999999\r\n"),
        ["t=2873397496 99999999999999999999"]
    );
    assert_eq!(
        answered("t=1 2\r\nr=604800 3600 0\r\nt=3 4\r\n"),
        ["t=1 2", "t=3 4"]
    );
    // None that could be repeated.
    assert_eq!(answered(""), ["t=0 0"]);
    assert_eq!(answered("t=now\r\n"), ["t=0 0"]);
    assert_eq!(answered("t=now\r\nt=3 4\r\n"), ["t=3 4"]);
}
