//! Escapes, read and written.

use msrp_cpim::{Address, Deviation};

use crate::{FROM_AND_TO, address, assert_clean, assert_deviates, lines, parse, text};

fn read(value: &str) -> String {
    parse(&format!("Subject: {value}\r\n")).headers()[0]
        .text()
        .into_owned()
}

#[track_caller]
fn written(subject: &str) -> String {
    let builder = msrp_cpim::Message::builder()
        .from(address("im:a@x.example"))
        .to(address("im:b@x.example"));
    let message = builder.subject(subject).unwrap().build(text()).unwrap();
    assert_eq!(message.subject("").unwrap().text(), subject);
    lines(&message)[2].strip_prefix("Subject: ").unwrap().to_owned()
}

/// Shows: CPIM-2.3-01.
#[test]
fn escapes_are_decoded() {
    let expected = "aAé\t\\\"'";
    assert_eq!(read(r#"a\u0041\u00e9\t\\\"\'"#), expected);
    assert_eq!(read(r#"a\u0041\u00E9\t\\\"\'"#), expected);
    assert_eq!(read(r"\b\n\r\u000B\u007f"), "\u{8}\n\r\u{B}\u{7F}");
    assert_clean("Subject: \\b\\t\\n\\r\\\\\\\"\\'\\u0000\r\n");
    // In names of people and in parameters as well.
    assert_eq!(
        Address::parse(r#""a\"\u0000\\"<im:a@x.example>"#).unwrap().name(),
        Some("a\"\0\\")
    );
    let message = parse("X:;p=\"\\t\\u0041\" v\r\n");
    assert_eq!(message.headers()[0].parameter("p").unwrap(), "\tA");
    // A backslash that is escaped escapes nothing.
    assert_eq!(read(r"\\u0041\\\\n"), r"\u0041\\n");
}

/// Shows: CPIM-2.3-02.
#[test]
fn unknown_escapes_stand_for_their_character() {
    assert_eq!(read(r"\q"), "q");
    assert_eq!(read(r"\u12z"), "u12z");
    assert_eq!(read(r"abc\"), "abc");
    assert_eq!(read(r"\é\u+041"), "éu+041");
    for value in [r"\q", r"\u12z", r"abc\", r"\u0041"] {
        assert_deviates(&format!("Subject: {value}\r\n"), Deviation::NeedlessEscape);
    }
}

/// Surrogates: ruling C6.
#[test]
fn pairs_of_surrogates_are_one_character() {
    assert_eq!(read(r"\ud83d\ude00!"), "😀!");
    assert_eq!(read(r"\ud83d!"), "\u{FFFD}!");
    assert_eq!(read(r"\ud83d\u0041"), "\u{FFFD}A");
    assert_eq!(read(r"\ude00\ud83d"), "\u{FFFD}\u{FFFD}");
    assert_eq!(read(r"\ud83d\ud83d\ude00"), "\u{FFFD}😀");
}

/// Shows: CPIM-2.3.1-01.
#[test]
fn control_characters_are_written_as_escapes() {
    let text = "\\\u{8}\t\n\r\0\u{B}\u{7F}";
    assert_eq!(written(text), r"\\\b\t\n\r\u0000\u000b\u007f");
    for control in (0..0x20).chain([0x7F]).map(char::from) {
        let line = written(&control.to_string());
        assert!(line.starts_with('\\') && line.len() <= 6, "{line}");
    }
}

/// Shows: CPIM-2.3.1-02, CPIM-2.2-05 (builder).
#[test]
fn nothing_else_is_escaped() {
    assert_eq!(written("say \"é\""), "say \"é\"");
    assert_eq!(written("'\u{85}\u{2028}😀<>;,"), "'\u{85}\u{2028}😀<>;,");
    let named = address("im:a@x.example").with_name("a\"b,c'");
    assert_eq!(named.to_string(), r#""a\"b,c'"<im:a@x.example>"#);
}

/// Shows: CPIM-2.3.1-03.
#[test]
fn text_never_becomes_a_header() {
    let evil = "x\r\nTo: <im:evil@x.example>";
    assert_eq!(written(evil), r"x\r\nTo: <im:evil@x.example>");

    let builder = msrp_cpim::Message::builder()
        .from(address("im:a@x.example").with_name(evil))
        .to(address("im:b@x.example").with_name("\"<im:evil@x.example>\r\n\r\n"));
    let message = builder.subject(evil).unwrap().build(text()).unwrap();
    let to: Vec<_> = message.to().map(Result::unwrap).collect();
    assert_eq!(to.len(), 1);
    assert_eq!(to[0].uri(), "im:b@x.example");
    assert_eq!(message.headers().len(), 3);
    assert_eq!(message.content().body, "hi");
    assert_eq!(parse(FROM_AND_TO).to().count(), 1);
}
