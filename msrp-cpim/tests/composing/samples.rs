//! The documents that RFC 3994 prints.

use msrp_cpim::composing::{IsComposing, State};

/// Shows: ISC-5-01.
#[test]
fn the_printed_documents_are_understood() {
    let active =
        IsComposing::parse_strict(include_bytes!("../../../vectors/xml/rfc3994-5-active.xml")).unwrap();
    assert_eq!(active.state, State::Active);
    assert_eq!(active.content_type.as_deref(), Some("text/plain"));
    assert_eq!(active.refresh.unwrap().get(), 90);
    assert_eq!(active.last_active, None);

    let idle = IsComposing::parse_strict(include_bytes!("../../../vectors/xml/rfc3994-5-idle.xml")).unwrap();
    assert_eq!(idle.state, State::Idle);
    assert_eq!(idle.content_type.as_deref(), Some("audio"));
    assert_eq!(idle.refresh, None);
    assert_eq!(
        idle.last_active.unwrap().to_rfc3339(),
        "2003-01-27T10:43:00+00:00"
    );

    for status in [active, idle] {
        assert_eq!(
            IsComposing::parse_strict(&status.to_xml().unwrap()).unwrap(),
            status
        );
    }
}
