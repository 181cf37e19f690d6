use alloc::{boxed::Box, string::String, vec::Vec};
use core::{
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use crate::{
    Deviations, MediaTypeError, Parameter, Profile,
    chars::{ascii_str, check_token},
    scan::{Outline, plain},
};

/// A media type with its parameters, such as `text/plain;charset=utf-8`.
///
/// The spelling is kept as it was read or given. Two media types are equal if type, subtype and parameter
/// names are the same without case and each parameter is equal to one of the other, in whatever order; values
/// count exactly, but that of `charset` without case (RFC 2045 §5.1, RFC 2046 §4.1.2, RFC 4975 §9). To ignore
/// the parameters, use [`same_essence`](Self::same_essence).
///
/// Parameter values are octets, because no parser of a header should fail over a character encoding; they
/// never hold a control character other than HTAB.
#[derive(Clone)]
pub struct MediaType {
    /// Type and subtype with the slash between them.
    essence: Box<str>,
    slash: usize,
    /// No name occurs twice.
    parameters: Vec<Parameter>,
}

impl MediaType {
    /// The number of parameters above which parsing and building fail.
    pub const MAX_PARAMETERS: usize = 32;

    /// A media type without parameters.
    ///
    /// # Errors
    ///
    /// [`MediaTypeError::Type`] or [`MediaTypeError::Subtype`] if one of them is not a token (RFC 4975 §9).
    pub fn new(type_: &str, subtype: &str) -> Result<Self, MediaTypeError> {
        check_token(type_).map_err(|offset| MediaTypeError::Type { offset })?;
        check_token(subtype).map_err(|offset| MediaTypeError::Subtype { offset })?;
        Ok(Self::from_tokens(type_, subtype))
    }

    /// The same with one parameter more, behind the others. The value is quoted on writing if it has to be.
    ///
    /// # Errors
    ///
    /// [`MediaTypeError::ParameterName`] if the name is not a token, [`MediaTypeError::ControlCharacter`] if
    /// the value holds one other than HTAB, [`MediaTypeError::DuplicateParameter`] if there is a parameter of
    /// that name, [`MediaTypeError::TooManyParameters`] above [`MAX_PARAMETERS`](Self::MAX_PARAMETERS).
    pub fn with_parameter(mut self, name: &str, value: &str) -> Result<Self, MediaTypeError> {
        let parameter = Parameter::new(name, value)?;
        if self.find(name).is_some() {
            return Err(MediaTypeError::DuplicateParameter { offset: 0 });
        }
        if self.parameters.len() >= Self::MAX_PARAMETERS {
            return Err(MediaTypeError::TooManyParameters { offset: 0 });
        }
        self.parameters.push(parameter);
        Ok(self)
    }

    /// Reads a media type, which must be all of the input, by the rules of `profile`. What breaks a rule but
    /// has only one reading is accepted.
    ///
    /// The input is the value of a header field without the field name and the line end at its end.
    ///
    /// # Errors
    ///
    /// What was expected and is not there, and where; see [`MediaTypeError`].
    pub fn parse(input: &[u8], profile: Profile) -> Result<Self, MediaTypeError> {
        Ok(Self::parse_with_deviations(input, profile)?.0)
    }

    /// As [`parse`](Self::parse); tells also what had to be tolerated.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_with_deviations(
        input: &[u8],
        profile: Profile,
    ) -> Result<(Self, Deviations), MediaTypeError> {
        if let Some((type_, _)) = plain(input) {
            let plain = Self {
                essence: ascii_str(input).into(),
                slash: type_.len(),
                parameters: Vec::new(),
            };
            return Ok((plain, Deviations::default()));
        }
        let (outline, deviations) = Outline::of(input, profile, false)?;
        Ok((Self::from_outline(&outline), deviations))
    }

    /// Reads a media type and tolerates nothing.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), and [`MediaTypeError::Deviation`] for the first
    /// [`Deviation`](crate::Deviation).
    pub fn parse_strict(input: &[u8], profile: Profile) -> Result<Self, MediaTypeError> {
        let (outline, _) = Outline::of(input, profile, true)?;
        Ok(Self::from_outline(&outline))
    }

    /// Tells whether [`parse`](Self::parse) would succeed, with the same error if not. Allocates nothing.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn check(input: &[u8], profile: Profile) -> Result<(), MediaTypeError> {
        Outline::of(input, profile, false)?;
        Ok(())
    }

    /// The type before the slash, as it was spelled.
    pub fn type_(&self) -> &str {
        self.essence.get(..self.slash).unwrap_or_default()
    }

    /// The subtype behind the slash, as it was spelled.
    pub fn subtype(&self) -> &str {
        self.essence
            .get(self.slash..)
            .and_then(|rest| rest.strip_prefix('/'))
            .unwrap_or_default()
    }

    /// Type and subtype with the slash between them, as they were spelled.
    pub fn essence(&self) -> &str {
        &self.essence
    }

    /// Whether type and subtype are those of `essence`, such as `"text/plain"`. Case does not count,
    /// parameters are ignored.
    pub fn is(&self, essence: &str) -> bool {
        self.essence.eq_ignore_ascii_case(essence)
    }

    /// Whether type and subtype are those of the other. Case does not count, parameters are ignored.
    pub fn same_essence(&self, other: &Self) -> bool {
        self.is(&other.essence)
    }

    /// The parameters in their order. No name occurs twice.
    pub fn parameters(&self) -> impl ExactSizeIterator<Item = &Parameter> + Clone {
        self.parameters.iter()
    }

    /// The value of a parameter without quotes and escapes; case does not count in the name.
    ///
    /// `None` means that there is no such parameter. One without a value (`a/b;x`) counts as empty here;
    /// [`Parameter::value`] tells the difference.
    pub fn parameter(&self, name: &str) -> Option<&[u8]> {
        self.find(name)
            .map(|parameter| parameter.value().unwrap_or_default())
    }

    /// As [`parameter`](Self::parameter), but `None` also for a value that is not UTF-8 (RFC 3629).
    pub fn parameter_str(&self, name: &str) -> Option<&str> {
        core::str::from_utf8(self.parameter(name)?).ok()
    }

    /// The `charset` parameter (RFC 2046 §4.1.2). What its absence means is for the caller to say: that
    /// depends on the type.
    pub fn charset(&self) -> Option<&str> {
        self.parameter_str("charset")
    }

    /// Appends the canonical form: no blanks, a value that is not a token as quoted string. Read again under
    /// any profile, it gives an equal media type.
    ///
    /// Unlike [`Display`](fmt::Display) this is exact for values that are not UTF-8.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.essence.as_bytes());
        self.parameters.iter().for_each(|parameter| parameter.write(out));
    }

    pub(crate) fn from_outline(outline: &Outline<'_>) -> Self {
        let mut media_type = Self::from_tokens(ascii_str(outline.type_), ascii_str(outline.subtype));
        for raw in outline.parameters() {
            // A second one of the same name has the same value: the scanner saw to that.
            if media_type.find(ascii_str(raw.name)).is_none() {
                media_type.parameters.push(Parameter::from_raw(&raw));
            }
        }
        media_type
    }

    /// One of legal literals.
    pub(crate) fn fixed(type_: &str, subtype: &str, charset: Option<&str>) -> Self {
        let mut media_type = Self::from_tokens(type_, subtype);
        let charset = charset.map(|charset| Parameter::unchecked("charset", charset));
        media_type.parameters.extend(charset);
        media_type
    }

    fn from_tokens(type_: &str, subtype: &str) -> Self {
        let mut essence = String::with_capacity(type_.len() + 1 + subtype.len());
        essence.push_str(type_);
        essence.push('/');
        essence.push_str(subtype);
        Self {
            essence: essence.into_boxed_str(),
            slash: type_.len(),
            parameters: Vec::new(),
        }
    }

    fn find(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.is_named(name))
    }
}

impl PartialEq for MediaType {
    fn eq(&self, other: &Self) -> bool {
        self.same_essence(other)
            && self.parameters.len() == other.parameters.len()
            && self
                .parameters
                .iter()
                .all(|mine| other.find(mine.name()) == Some(mine))
    }
}

impl Eq for MediaType {}

impl Hash for MediaType {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.essence
            .bytes()
            .for_each(|octet| state.write_u8(octet.to_ascii_lowercase()));
        state.write_u8(0xFF);
        let mut sorted: Vec<&Parameter> = self.parameters.iter().collect();
        sorted.sort_unstable_by(|a, b| a.folded_name().cmp(b.folded_name()));
        sorted.hash(state);
    }
}

/// Reads strictly by the MSRP grammar (RFC 4975 §9): meant for literals and settings, not for what a peer sent.
impl FromStr for MediaType {
    type Err = MediaTypeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse_strict(text.as_bytes(), Profile::Msrp)
    }
}

/// Writes the canonical form; octets that are not UTF-8 show as U+FFFD, see [`MediaType::write`].
impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut octets = Vec::new();
        self.write(&mut octets);
        f.pad(&String::from_utf8_lossy(&octets))
    }
}

impl fmt::Debug for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MediaType").field(&format_args!("{self}")).finish()
    }
}
