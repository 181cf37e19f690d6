use core::iter::from_fn;

use crate::{
    Deviation, Deviations, DispositionError, MediaType, MediaTypeError, Profile,
    chars::{ascii_str, is_token},
    grammar::{self, Match},
    parameter::RawParameter,
};

/// One media type as the scanner saw it: sound, and still borrowed from the input.
#[derive(Debug)]
pub(crate) struct Outline<'a> {
    pub(crate) type_: &'a [u8],
    pub(crate) subtype: &'a [u8],
    /// The input behind the subtype.
    parameters: &'a [u8],
    profile: Profile,
}

impl<'a> Outline<'a> {
    /// Scans input that holds one media type and nothing else.
    ///
    /// With `strict` the first deviation is an error, so the set that comes back is empty.
    // Inlined, because a check throws the outline away and should not have to put it together first.
    #[inline]
    pub(crate) fn of(
        input: &'a [u8],
        profile: Profile,
        strict: bool,
    ) -> Result<(Self, Deviations), MediaTypeError> {
        if let Some((type_, subtype)) = plain(input) {
            let outline = Self {
                type_,
                subtype,
                parameters: &[],
                profile,
            };
            return Ok((outline, Deviations::default()));
        }
        let mut scanner = Scanner::new(input, profile, strict);
        scanner.edge()?;
        let outline = scanner.media_type()?;
        scanner.edge()?;
        if !scanner.is_at_end() {
            return Err(MediaTypeError::Separator {
                offset: scanner.offset(),
            });
        }
        Ok((outline, scanner.deviations))
    }

    /// The parameters in their order, repeated ones included.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = RawParameter<'a>> + use<'a> {
        parameters(self.parameters, self.profile)
    }
}

/// A cursor over the input that knows the profile and collects the deviations.
///
/// Methods that fail leave the cursor anywhere: the first error ends the scan.
#[derive(Debug)]
pub(crate) struct Scanner<'a> {
    input_len: usize,
    rest: &'a [u8],
    profile: Profile,
    strict: bool,
    deviations: Deviations,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(input: &'a [u8], profile: Profile, strict: bool) -> Self {
        Self {
            input_len: input.len(),
            rest: input,
            profile,
            strict,
            deviations: Deviations::default(),
        }
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn offset(&self) -> usize {
        self.offset_of(self.rest)
    }

    pub(crate) fn deviations(&self) -> Deviations {
        self.deviations
    }

    /// Notes a deviation found `at` a remainder of the input.
    pub(crate) fn deviate(&mut self, deviation: Deviation, at: &[u8]) -> Result<(), MediaTypeError> {
        if self.strict {
            return Err(MediaTypeError::Deviation {
                deviation,
                offset: self.offset_of(at),
            });
        }
        self.deviations.insert(deviation);
        Ok(())
    }

    /// Blanks before or behind all that matters.
    pub(crate) fn edge(&mut self) -> Result<(), MediaTypeError> {
        match self.profile {
            Profile::Mime => self.gap(),
            Profile::Msrp | Profile::Sdp => self.stray_blanks(),
        }
    }

    /// `type "/" subtype *( ";" parameter )`, and the gap behind it.
    #[inline]
    pub(crate) fn media_type(&mut self) -> Result<Outline<'a>, MediaTypeError> {
        let type_ = self.take(grammar::token).map_err(|_| MediaTypeError::Type {
            offset: self.offset(),
        })?;
        self.gap()?;
        if !self.skip(b"/") {
            return Err(MediaTypeError::Slash {
                offset: self.offset(),
            });
        }
        self.gap()?;
        let subtype = self.take(grammar::token).map_err(|_| MediaTypeError::Subtype {
            offset: self.offset(),
        })?;
        let parameters = self.rest;
        self.check_parameters()?;
        Ok(Outline {
            type_,
            subtype,
            parameters,
            profile: self.profile,
        })
    }

    /// `disposition-type *( ";" disposition-parm )` (RFC 2183 §2), which must be all of the input.
    ///
    /// Returns type and parameters, repeated ones included.
    pub(crate) fn disposition(
        &mut self,
    ) -> Result<(&'a [u8], impl Iterator<Item = RawParameter<'a>> + use<'a>), DispositionError> {
        let whole = DispositionError::Parameters;
        self.edge().map_err(whole)?;
        let kind = self.take(grammar::token).map_err(|_| DispositionError::Kind {
            offset: self.offset(),
        })?;
        let found = self.rest;
        self.check_parameters().map_err(whole)?;
        self.edge().map_err(whole)?;
        if !self.is_at_end() {
            let offset = self.offset();
            return Err(whole(MediaTypeError::Separator { offset }));
        }
        Ok((kind, parameters(found, self.profile)))
    }

    /// One token, which must be all of the input but for what may stand around it.
    pub(crate) fn lone_token(mut self) -> Result<&'a str, MediaTypeError> {
        self.edge()?;
        let token = self.take(grammar::token).map_err(|_| MediaTypeError::Type {
            offset: self.offset(),
        })?;
        self.edge()?;
        let offset = self.offset();
        if self.is_at_end() {
            Ok(ascii_str(token))
        } else {
            Err(MediaTypeError::Separator { offset })
        }
    }

    /// What stands in angle brackets, or in its place, which must be all of the input but for what may stand around it;
    /// and whether it has the brackets.
    pub(crate) fn lone_id(mut self) -> Result<(&'a [u8], bool), MediaTypeError> {
        self.edge()?;
        let has_brackets = self.skip(b"<");
        let ends = |octet: &u8| match has_brackets {
            true => *octet == b'>',
            false => matches!(octet, b' ' | b'\t' | b'\r' | b'('),
        };
        let len = self.rest.iter().position(ends).unwrap_or(self.rest.len());
        let (id, rest) = self.rest.split_at_checked(len).unwrap_or_default();
        self.rest = rest;
        let is_closed = self.skip(b">") || !has_brackets;
        self.edge()?;
        let offset = self.offset();
        if is_closed && self.is_at_end() {
            Ok((id, has_brackets))
        } else {
            Err(MediaTypeError::Separator { offset })
        }
    }

    /// The lone `*` of RFC 4975 §8.6, if the list goes on with one.
    pub(crate) fn skip_any(&mut self) -> bool {
        match self.rest.strip_prefix(b"*") {
            Some(after @ ([] | [b' ' | b'\t', ..])) => {
                self.rest = after;
                true
            }
            _ => false,
        }
    }

    /// What stands between two entries of a list, or behind the last one.
    pub(crate) fn list_separator(&mut self) -> Result<(), MediaTypeError> {
        let at = self.rest;
        match self.take(grammar::blanks) {
            Ok(b" ") if !self.is_at_end() => Ok(()),
            Ok(_) => self.deviate(Deviation::Blank, at),
            Err(_) if self.is_at_end() => Ok(()),
            Err(_) => Err(MediaTypeError::Separator {
                offset: self.offset(),
            }),
        }
    }

    /// Goes over the parameters and compares each with those before it.
    ///
    /// Comparing scans them again instead of remembering them: nothing is stored, most types have one
    /// parameter or none, and the limit keeps the work linear.
    #[inline]
    fn check_parameters(&mut self) -> Result<(), MediaTypeError> {
        let first = self.rest;
        let mut seen = 0;
        while let Some(parameter) = self.parameter()? {
            let offset = self.offset_of(parameter.at);
            if seen == MediaType::MAX_PARAMETERS {
                return Err(MediaTypeError::TooManyParameters { offset });
            }
            let twin = parameters(first, self.profile)
                .take(seen)
                .find(|earlier| earlier.is_named(parameter.name));
            match twin {
                None => {}
                Some(twin) if twin.has_value_of(&parameter) => {
                    self.deviate(Deviation::RepeatedParameter, parameter.at)?;
                }
                Some(_) => return Err(MediaTypeError::DuplicateParameter { offset }),
            }
            seen += 1;
        }
        Ok(())
    }

    /// The next parameter with the `;` before it; `None` where no further `;` follows.
    fn parameter(&mut self) -> Result<Option<RawParameter<'a>>, MediaTypeError> {
        loop {
            self.gap()?;
            let semicolon = self.rest;
            if !self.skip(b";") {
                return Ok(None);
            }
            self.gap()?;
            if !self.is_at_parameter_end() {
                break;
            }
            self.deviate(Deviation::EmptyParameter, semicolon)?;
        }
        let at = self.rest;
        let name = self
            .take(grammar::token)
            .map_err(|_| MediaTypeError::ParameterName {
                offset: self.offset(),
            })?;
        self.gap()?;
        if !self.skip(b"=") {
            if self.profile != Profile::Msrp {
                self.deviate(Deviation::MissingValue, at)?;
            }
            return Ok(Some(RawParameter {
                at,
                name,
                value: None,
            }));
        }
        self.gap()?;
        let value = self.value()?;
        Ok(Some(RawParameter {
            at,
            name,
            value: Some(value),
        }))
    }

    /// The octets of a value without the quotes; the escapes are still there.
    fn value(&mut self) -> Result<&'a [u8], MediaTypeError> {
        let at = self.rest;
        if at.starts_with(b"\"") {
            return self.quoted_value();
        }
        let value = self.take(grammar::bare_value).unwrap_or_default();
        if value.is_empty() {
            if !self.is_at_parameter_end() {
                return Err(MediaTypeError::ParameterValue {
                    offset: self.offset(),
                });
            }
            self.deviate(Deviation::EmptyValue, at)?;
        } else if !value.iter().copied().all(is_token) {
            self.deviate(Deviation::UnquotedValue, at)?;
            self.check_encoding(value, at)?;
        }
        Ok(value)
    }

    fn quoted_value(&mut self) -> Result<&'a [u8], MediaTypeError> {
        let at = self.rest;
        let rule = match self.profile {
            Profile::Mime => grammar::folding_quoted_string,
            Profile::Msrp | Profile::Sdp => grammar::quoted_string,
        };
        let value = self.take(rule).map_err(|stop| {
            self.control_character(stop)
                .unwrap_or(MediaTypeError::UnterminatedString {
                    offset: self.offset_of(at),
                })
        })?;
        // RFC 822 lets a backslash stand before any character, RFC 4975 only before these two.
        if self.profile != Profile::Mime && has_needless_escape(value) {
            self.deviate(Deviation::NeedlessEscape, at)?;
        }
        self.check_encoding(value, at)?;
        Ok(value)
    }

    fn check_encoding(&mut self, text: &[u8], at: &[u8]) -> Result<(), MediaTypeError> {
        if text.is_ascii() {
            Ok(())
        } else if self.profile == Profile::Mime {
            self.deviate(Deviation::NonAscii, at)
        } else if core::str::from_utf8(text).is_err() {
            self.deviate(Deviation::NotUtf8, at)
        } else {
            Ok(())
        }
    }

    /// What may stand between two elements.
    #[inline]
    fn gap(&mut self) -> Result<(), MediaTypeError> {
        // Mostly there is nothing, and what there is starts with one of these.
        match self.rest {
            [b' ' | b'\t' | b'\r' | b'(', ..] => self.filled_gap(),
            _ => Ok(()),
        }
    }

    fn filled_gap(&mut self) -> Result<(), MediaTypeError> {
        match self.profile {
            Profile::Msrp => self.stray_blanks(),
            Profile::Mime => self.blanks_and_comments(),
            Profile::Sdp => Ok(()),
        }
    }

    fn stray_blanks(&mut self) -> Result<(), MediaTypeError> {
        let at = self.rest;
        match self.take(grammar::blanks) {
            Ok(_) => self.deviate(Deviation::Blank, at),
            Err(_) => Ok(()),
        }
    }

    fn blanks_and_comments(&mut self) -> Result<(), MediaTypeError> {
        loop {
            // Blanks are optional everywhere, so that there may be none is no fault.
            let _ = self.take(grammar::folding_blanks);
            let at = self.rest;
            if !at.starts_with(b"(") {
                return Ok(());
            }
            let comment = self.take(grammar::comment).map_err(|stop| {
                self.control_character(stop)
                    .unwrap_or(MediaTypeError::UnterminatedComment {
                        offset: self.offset_of(at),
                    })
            })?;
            self.check_encoding(comment, at)?;
        }
    }

    fn is_at_parameter_end(&self) -> bool {
        match self.rest {
            [] | [b';', ..] => true,
            [b' ' | b'\t', ..] => self.profile == Profile::Sdp,
            _ => false,
        }
    }

    /// The fault of a quoted string or comment that could not be matched further than to `stop`, unless it is
    /// that the input ends.
    fn control_character(&self, stop: &[u8]) -> Option<MediaTypeError> {
        let at = stop.strip_prefix(b"\\").unwrap_or(stop);
        (!at.is_empty()).then(|| MediaTypeError::ControlCharacter {
            offset: self.offset_of(at),
        })
    }

    fn skip(&mut self, literal: &[u8]) -> bool {
        match self.rest.strip_prefix(literal) {
            Some(after) => {
                self.rest = after;
                true
            }
            None => false,
        }
    }

    /// Moves over what the rule matches; if it does not match, tells where it stopped and stays.
    fn take(&mut self, rule: impl FnOnce(&'a [u8]) -> Match<'a>) -> Result<&'a [u8], &'a [u8]> {
        match rule(self.rest) {
            Ok((after, matched)) => {
                self.rest = after;
                Ok(matched)
            }
            Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => Err(fault.input),
            // The rules are of nom's complete kind, which never ask for more.
            Err(nom::Err::Incomplete(_)) => Err(self.rest),
        }
    }

    fn offset_of(&self, at: &[u8]) -> usize {
        self.input_len.saturating_sub(at.len())
    }
}

/// Type and subtype of input that is nothing else, as that of most messages is.
pub(crate) fn plain(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let slash = input.iter().position(|&octet| !is_token(octet))?;
    let (type_, rest) = input.split_at_checked(slash)?;
    let subtype = rest.strip_prefix(b"/")?;
    let sound = !type_.is_empty() && !subtype.is_empty() && subtype.iter().all(|&octet| is_token(octet));
    sound.then_some((type_, subtype))
}

/// Scans parameters that have been found sound.
fn parameters(input: &[u8], profile: Profile) -> impl Iterator<Item = RawParameter<'_>> {
    let mut scanner = Scanner::new(input, profile, false);
    from_fn(move || scanner.parameter().ok().flatten())
}

fn has_needless_escape(mut text: &[u8]) -> bool {
    loop {
        match text {
            [] => return false,
            [b'\\', b'\\' | b'"', rest @ ..] => text = rest,
            [b'\\', ..] => return true,
            [_, rest @ ..] => text = rest,
        }
    }
}
