//! Answers: a section for each of the offer (RFC 8866 §5.14, RFC 3264 §6).

use thiserror::Error;

use crate::{Description, MediaLine, Origin, Section};

/// Why a section cannot stand in the answer. The section is given back.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{reason}")]
pub struct AnswerError {
    /// The section, untouched.
    pub section: Box<Section>,
    /// What is wrong.
    #[source]
    pub reason: AnswerErrorReason,
}

/// See [`AnswerError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AnswerErrorReason {
    /// The offer has port 0 there: it can only be refused.
    #[error("the section offered is closed")]
    Closed,
    /// The media type is not the one offered.
    #[error("another media type than the one offered")]
    Media,
    /// The offer has no such section.
    #[error("the offer has no such section")]
    NoSuchSection,
}

/// An answer that is being made; see [`Description::answer`].
///
/// It has as many sections as the offer, in the same order. Those that were not mentioned are refused: they have
/// port 0, and protocol and formats of the offer. Its `t=` are those of the offer, as time is not negotiated
/// (RFC 3264 §6).
#[derive(Debug, Clone)]
pub struct AnswerBuilder {
    /// Without sections.
    answer: Description,
    offered: Vec<MediaLine>,
    sections: Vec<Section>,
}

impl AnswerBuilder {
    pub(crate) fn new(offer: &Description, origin: Origin) -> Self {
        let sections = offer.sections();
        Self {
            answer: Description::new(origin).at_times_of(offer),
            offered: sections.iter().map(|section| section.media().clone()).collect(),
            sections: sections.iter().map(Section::refused).collect(),
        }
    }

    /// Answers the section at `index` with this one. Its protocol may be another one: MSRP over TLS may answer MSRP
    /// without (ruling R-45).
    ///
    /// # Errors
    ///
    /// An [`AnswerError`], with the section, if the offer has none there, one of another media type, or one with
    /// port 0.
    pub fn accept(&mut self, index: usize, section: impl Into<Section>) -> Result<(), AnswerError> {
        let section = section.into();
        let is_closed = self.offered.get(index).is_some_and(|line| line.port() == 0);
        if is_closed && section.media().port() != 0 {
            return Err(AnswerError {
                section: section.into(),
                reason: AnswerErrorReason::Closed,
            });
        }
        self.put(index, section, |section| section)
    }

    /// Refuses the section at `index` with this one, which may say more about what is refused; its port becomes 0.
    ///
    /// # Errors
    ///
    /// An [`AnswerError`], with the section, if the offer has none there, or one of another media type.
    pub fn refuse_with(&mut self, index: usize, section: impl Into<Section>) -> Result<(), AnswerError> {
        self.put(index, section.into(), Section::closed)
    }

    /// The answer.
    pub fn finish(self) -> Description {
        self.sections
            .into_iter()
            .fold(self.answer, |answer, section| answer.with_section(section))
    }

    fn put(
        &mut self,
        index: usize,
        section: Section,
        as_put: fn(Section) -> Section,
    ) -> Result<(), AnswerError> {
        let reason = match (self.offered.get(index), self.sections.get_mut(index)) {
            (Some(line), Some(place)) if line.media().eq_ignore_ascii_case(section.media().media()) => {
                *place = as_put(section);
                return Ok(());
            }
            (Some(_), _) => AnswerErrorReason::Media,
            (None, _) => AnswerErrorReason::NoSuchSection,
        };
        Err(AnswerError {
            section: section.into(),
            reason,
        })
    }
}
