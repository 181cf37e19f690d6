//! One entry of a list (RFC 4975 §8.6).

use msrp_multipart::{Deviation, MediaTypeError as Error, Profile};

use crate::{assert_clean, assert_deviates, assert_refused};

#[test]
fn entries_have_no_blanks_inside() {
    assert_clean(br#"a/b;p="x y;z";q=1"#, Profile::Sdp);
    assert_deviates(b" a/b ", Profile::Sdp, &[(Deviation::Blank, 0)]);
    assert_refused(b"a/b ;x=y", Profile::Sdp, Error::Separator { offset: 4 });
    assert_refused(b"a/b; x=y", Profile::Sdp, Error::Separator { offset: 5 });
    assert_refused(b"a /b", Profile::Sdp, Error::Slash { offset: 1 });
    assert_refused(b"a/b c/d", Profile::Sdp, Error::Separator { offset: 4 });
    assert_refused(b"a/b(c)", Profile::Sdp, Error::Separator { offset: 3 });
}

#[test]
fn parameters_want_a_value() {
    assert_deviates(b"a/b;x", Profile::Sdp, &[(Deviation::MissingValue, 4)]);
    assert_deviates(b"a/b;x=", Profile::Sdp, &[(Deviation::EmptyValue, 6)]);
    assert_deviates(b"a/b;", Profile::Sdp, &[(Deviation::EmptyParameter, 3)]);
    assert_deviates(br#"a/b;x="\y""#, Profile::Sdp, &[(Deviation::NeedlessEscape, 6)]);
}
