use alloc::{borrow::Cow, boxed::Box, format, string::String, vec::Vec};
use core::{fmt, str::from_utf8};

use chrono::{DateTime, FixedOffset};

use crate::{
    Deviation, Deviations, DispositionError, MediaType, MediaTypeError, Parameter, Profile,
    chars::{ascii_str, check_token},
    date, extended,
    parameter::RawParameter,
    scan::Scanner,
};

/// What the sender wants done with a body: the Content-Disposition header (RFC 2183).
///
/// Its [`Default`] is `render`, which holds in MSRP where the header is absent (RFC 4975 §7.1.1). The
/// spelling is kept. Two are equal if their types are the same without case and each parameter is
/// equal to one of the other.
///
/// Whatever text it is given, what is [displayed](fmt::Display) has neither line ends nor other control
/// characters in it, and no parameter that was not asked for.
#[derive(Clone)]
pub struct Disposition {
    kind: Box<str>,
    /// No name occurs twice.
    parameters: Vec<Parameter>,
}

impl Disposition {
    /// The number of parameters above which parsing and building fail.
    pub const MAX_PARAMETERS: usize = MediaType::MAX_PARAMETERS;

    /// Of any type, which has to be a token, without parameters.
    ///
    /// # Errors
    ///
    /// [`DispositionError::Kind`] if it is no token.
    pub fn new(kind: &str) -> Result<Self, DispositionError> {
        check_token(kind).map_err(|offset| DispositionError::Kind { offset })?;
        Ok(Self::of(kind))
    }

    /// `attachment`: to be kept, and shown only if the user says so (RFC 2183 §2.2).
    pub fn attachment() -> Self {
        Self::of("attachment")
    }

    /// `inline`: to be shown (RFC 2183 §2.1).
    pub fn inline() -> Self {
        Self::of("inline")
    }

    /// `render`: to be shown (RFC 3261 §20.11).
    pub fn render() -> Self {
        Self::of("render")
    }

    /// `notification`: what became of a message, for the program and not to be shown (RFC 5438 §7.2.1).
    pub fn notification() -> Self {
        Self::of("notification")
    }

    /// The same with a file name; one that was there is replaced.
    ///
    /// Any text will do: what is not short and plain is written in the extended form, `filename*=` (RFC 2183
    /// §2, ruling C23). Give the last component only: where a file lies is nobody else's business. Of
    /// [`MAX_PARAMETERS`](Self::MAX_PARAMETERS) others the last one makes room.
    #[must_use]
    pub fn with_file_name(mut self, name: &str) -> Self {
        self.replace(extended::parameter("filename", name));
        self
    }

    /// The same with the size in octets (RFC 2183 §2.7); as [`with_file_name`](Self::with_file_name).
    #[must_use]
    pub fn with_size(mut self, octets: u64) -> Self {
        self.replace(extended::parameter("size", &format!("{octets}")));
        self
    }

    /// The same with the date of creation (RFC 2183 §2.4), written with a numeric zone; as
    /// [`with_file_name`](Self::with_file_name). A year that has not four digits cannot be written, and changes
    /// nothing.
    #[must_use]
    pub fn with_creation_date(self, date: DateTime<FixedOffset>) -> Self {
        self.with_date("creation-date", date)
    }

    /// The same with the date of the last change (RFC 2183 §2.5); as
    /// [`with_creation_date`](Self::with_creation_date).
    #[must_use]
    pub fn with_modification_date(self, date: DateTime<FixedOffset>) -> Self {
        self.with_date("modification-date", date)
    }

    /// The same with the date when it was last read (RFC 2183 §2.6); as
    /// [`with_creation_date`](Self::with_creation_date).
    #[must_use]
    pub fn with_read_date(self, date: DateTime<FixedOffset>) -> Self {
        self.with_date("read-date", date)
    }

    /// The same with one parameter more. The value is written as a token, quoted or in the extended form, as
    /// it needs.
    ///
    /// # Errors
    ///
    /// [`DispositionError::Parameters`] with [`MediaTypeError::ParameterName`] if the name is not a token
    /// without `*`, [`MediaTypeError::DuplicateParameter`] if there is one of that name,
    /// [`MediaTypeError::TooManyParameters`] above [`MAX_PARAMETERS`](Self::MAX_PARAMETERS).
    pub fn with_parameter(mut self, name: &str, value: &str) -> Result<Self, DispositionError> {
        let fault = |error| Err(DispositionError::Parameters(error));
        let legal = check_token(name).and_then(|()| name.find('*').map_or(Ok(()), Err));
        if let Err(offset) = legal {
            return fault(MediaTypeError::ParameterName { offset });
        }
        if self.parameters.iter().any(|other| is_form_of(other, name)) {
            return fault(MediaTypeError::DuplicateParameter { offset: 0 });
        }
        if self.parameters.len() >= Self::MAX_PARAMETERS {
            return fault(MediaTypeError::TooManyParameters { offset: 0 });
        }
        self.parameters.push(extended::parameter(name, value));
        Ok(self)
    }

    /// Reads a disposition, which must be all of the input, by the rules of `profile`. What breaks a rule but
    /// has only one reading is accepted.
    ///
    /// The header is MIME's also in MSRP (RFC 4975 §9 refers to RFC 2183): [`Profile::Mime`] fits both.
    ///
    /// # Errors
    ///
    /// What was expected and is not there, and where.
    pub fn parse(input: &[u8], profile: Profile) -> Result<Self, DispositionError> {
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
    ) -> Result<(Self, Deviations), DispositionError> {
        Self::scan(Scanner::new(input, profile, false))
    }

    /// Reads a disposition and tolerates nothing.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), and [`MediaTypeError::Deviation`] for the first deviation.
    pub fn parse_strict(input: &[u8], profile: Profile) -> Result<Self, DispositionError> {
        Ok(Self::scan(Scanner::new(input, profile, true))?.0)
    }

    /// The type, as it was spelled.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Whether the type is this one; case does not count.
    pub fn is(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind)
    }

    /// Whether the body is to be shown: `render` or `inline`. All else is to be treated as an attachment
    /// (RFC 2183 §2.8).
    pub fn is_rendered(&self) -> bool {
        self.is("render") || self.is("inline")
    }

    /// The file name as the sender gave it: **not one to store anything under**, see
    /// [`safe_file_name`](crate::safe_file_name).
    pub fn file_name(&self) -> Option<Cow<'_, str>> {
        self.parameter("filename")
    }

    /// The size in octets, as far as the sender is to be believed (RFC 2183 §2.7).
    pub fn size(&self) -> Option<u64> {
        decimal(self.find("size")?.value()?)
    }

    /// When the file was created, by the sender's account (RFC 2183 §2.4); `None` also for what is no date.
    pub fn creation_date(&self) -> Option<DateTime<FixedOffset>> {
        date::read(&self.parameter("creation-date")?)
    }

    /// When it was last changed (RFC 2183 §2.5).
    pub fn modification_date(&self) -> Option<DateTime<FixedOffset>> {
        date::read(&self.parameter("modification-date")?)
    }

    /// When it was last read (RFC 2183 §2.6).
    pub fn read_date(&self) -> Option<DateTime<FixedOffset>> {
        date::read(&self.parameter("read-date")?)
    }

    /// The text of a parameter; case does not count in the name. Its extended form, if there is one that can
    /// be decoded, goes before the plain one (RFC 5987 §4.2). Octets that are not UTF-8 become U+FFFD.
    pub fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        let extended = self
            .parameters
            .iter()
            .filter(|parameter| is_extended(parameter.name(), name))
            .find_map(|parameter| extended::decode(parameter.value()?));
        if let Some(text) = extended {
            return Some(Cow::Owned(text));
        }
        Some(String::from_utf8_lossy(
            self.find(name)?.value().unwrap_or_default(),
        ))
    }

    /// The parameters as they are on the wire, in their order: `filename*` is one of its own.
    pub fn parameters(&self) -> impl ExactSizeIterator<Item = &Parameter> + Clone {
        self.parameters.iter()
    }

    /// Appends the canonical form: no blanks, a value that is not a token as quoted string.
    ///
    /// Unlike [`Display`](fmt::Display) this is exact for values that are not UTF-8.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.kind.as_bytes());
        self.parameters.iter().for_each(|parameter| parameter.write(out));
    }

    fn of(kind: &str) -> Self {
        Self {
            kind: kind.into(),
            parameters: Vec::new(),
        }
    }

    fn scan(mut scanner: Scanner<'_>) -> Result<(Self, Deviations), DispositionError> {
        let (kind, parameters) = scanner.disposition()?;
        let mut read = Self::of(ascii_str(kind));
        for raw in parameters {
            // A second one of the same name has the same value: the scanner saw to that.
            if read.find(ascii_str(raw.name)).is_none() {
                let parameter = Parameter::from_raw(&raw);
                if let Some(deviation) = deviation_of(&parameter) {
                    note(&mut scanner, deviation, &raw)?;
                }
                read.parameters.push(parameter);
            }
        }
        Ok((read, scanner.deviations()))
    }

    fn with_date(mut self, name: &str, date: DateTime<FixedOffset>) -> Self {
        if let Some(text) = date::write(date) {
            self.replace(extended::parameter(name, &text));
        }
        self
    }

    /// Both forms of the parameter give way to this one.
    fn replace(&mut self, parameter: Parameter) {
        let name = parameter.name().trim_end_matches('*');
        self.parameters.retain(|other| !is_form_of(other, name));
        if self.parameters.len() >= Self::MAX_PARAMETERS
            && let Some(last) = self.parameters.iter().rposition(|other| {
                ["filename", "size"]
                    .into_iter()
                    .chain(date::NAMES)
                    .all(|kept| !is_form_of(other, kept))
            })
        {
            self.parameters.remove(last);
        }
        self.parameters.push(parameter);
    }

    fn find(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.is_named(name))
    }
}

impl Default for Disposition {
    fn default() -> Self {
        Self::render()
    }
}

impl PartialEq for Disposition {
    fn eq(&self, other: &Self) -> bool {
        self.is(&other.kind)
            && self.parameters.len() == other.parameters.len()
            && self
                .parameters
                .iter()
                .all(|mine| other.find(mine.name()) == Some(mine))
    }
}

impl Eq for Disposition {}

/// Writes the canonical form; octets that are not UTF-8 show as U+FFFD, see [`Disposition::write`].
impl fmt::Display for Disposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut octets = Vec::new();
        self.write(&mut octets);
        f.pad(&String::from_utf8_lossy(&octets))
    }
}

impl fmt::Debug for Disposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Disposition")
            .field(&format_args!("{self}"))
            .finish()
    }
}

fn note(
    scanner: &mut Scanner<'_>,
    deviation: Deviation,
    raw: &RawParameter<'_>,
) -> Result<(), DispositionError> {
    scanner
        .deviate(deviation, raw.at)
        .map_err(DispositionError::Parameters)
}

fn deviation_of(parameter: &Parameter) -> Option<Deviation> {
    let value = parameter.value().unwrap_or_default();
    if parameter.name().ends_with('*') && extended::decode(value).is_none() {
        Some(Deviation::BadExtendedValue)
    } else if parameter.is_named("size") && decimal(value).is_none() {
        Some(Deviation::BadSize)
    } else if date::NAMES.iter().any(|name| parameter.is_named(name)) && !is_date(value) {
        Some(Deviation::BadDate)
    } else {
        None
    }
}

fn is_date(value: &[u8]) -> bool {
    from_utf8(value).is_ok_and(date::is_strict)
}

fn decimal(digits: &[u8]) -> Option<u64> {
    // `parse` alone would take a sign.
    let legal = digits.iter().all(u8::is_ascii_digit);
    from_utf8(digits).ok().filter(|_| legal)?.parse().ok()
}

/// Whether the parameter has this name, or is the extended form of it.
fn is_form_of(parameter: &Parameter, name: &str) -> bool {
    parameter.is_named(name) || is_extended(parameter.name(), name)
}

fn is_extended(found: &str, name: &str) -> bool {
    found
        .strip_suffix('*')
        .is_some_and(|found| found.eq_ignore_ascii_case(name))
}
