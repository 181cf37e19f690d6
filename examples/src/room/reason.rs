//! Why something was not delivered, in words.

use msrp_cpim::chat::ChatBuildError;
use msrp_proto::{NicknameRefusal, RequestErrorReason, SendErrorReason, SendFailure};

use super::member::{NicknameError, SayError};

/// Of a message that was sent.
pub(super) fn failure(why: SendFailure, private: bool) -> String {
    let SendFailure::Refused(status) = why else {
        return match why {
            SendFailure::ConnectionLost => "the connection to the room is lost".into(),
            SendFailure::TimedOut => "the room does not answer".into(),
            other => other.to_string(),
        };
    };
    let meaning = match status.as_u16() {
        400 => "the room cannot read it",
        403 => "the room does not allow it",
        404 => "nobody in the room has that address",
        413 if private => "too large, or the other one does not take messages fast enough",
        413 => "too large, or nobody takes messages fast enough",
        415 => "the room does not take this type",
        428 => "the other one takes no private messages",
        481 => "the room knows the session no more",
        _ => "the room gave no reason that is known here",
    };
    format!("{meaning} ({})", status.as_u16())
}

/// Of one that was not.
pub(super) fn not_sent(error: &SayError) -> String {
    match error {
        SayError::Build(ChatBuildError::NotSupported) => "the room has no private messages".into(),
        SayError::Build(ChatBuildError::Room) => "that is the room itself; all would read it".into(),
        SayError::Build(error) => error.to_string(),
        SayError::Send(error) => match error.reason {
            SendErrorReason::Closing => "the session is over".into(),
            SendErrorReason::TooLarge => "the room does not take messages of that size".into(),
            SendErrorReason::TypeNotAccepted | SendErrorReason::WrappedTypeNotAccepted => {
                "the room takes no text".into()
            }
            reason => reason.to_string(),
        },
    }
}

/// Of a nickname that was asked for.
pub(super) fn nickname(error: &NicknameError) -> String {
    match error {
        NicknameError::Refused(NicknameRefusal::InUse) => {
            "somebody else has that nickname, or nobody may; try another one".into()
        }
        NicknameError::Refused(NicknameRefusal::Malformed) => "that is no nickname; try another one".into(),
        NicknameError::Refused(NicknameRefusal::Forbidden | NicknameRefusal::NotSupported) => {
            "the room does not allow nicknames".into()
        }
        other => other.to_string(),
    }
}

/// Of a nickname that could not be asked for.
pub(super) fn not_asked(reason: RequestErrorReason) -> String {
    match reason {
        RequestErrorReason::NoNicknames => "the room has no nicknames".into(),
        RequestErrorReason::Closing => "the session is over".into(),
        reason => reason.to_string(),
    }
}
