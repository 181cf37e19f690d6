use msrp_multipart::Entity;

use crate::{
    Address, BuildError, CORE_NAMESPACE, DateTime, Declaration, Header, Message, ParseError, Violation,
    chars::is_name,
    imdn,
    namespace::{Scope, split_name},
};

/// Builds a message/cpim as MSRP wants it (RFC 4975 §13).
///
/// From and To have to be given; of From, DateTime and Subject, the last one given counts. What is built passes the
/// strict parser, and no text that is given can become a header, a parameter or another address.
///
/// NS and Require stand behind the headers of RFC 3862, extension headers at the end, each kind in the order given.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct MessageBuilder {
    from: Option<Address>,
    to: Vec<Address>,
    cc: Vec<Address>,
    date_time: Option<DateTime>,
    subject: Option<Header>,
    declarations: Vec<Declaration>,
    required: Vec<String>,
    extensions: Vec<Header>,
    is_anonymous: bool,
    is_protected: bool,
}

impl Message {
    /// Starts a message.
    pub fn builder() -> MessageBuilder {
        MessageBuilder::default()
    }
}

impl MessageBuilder {
    /// From: the sender.
    pub fn from(self, address: Address) -> Self {
        Self {
            from: Some(address),
            ..self
        }
    }

    /// Tells that From does not say who the sender is, so that disposition notifications must not be asked for
    /// (RFC 5438 §12.1.1). [`Address::is_anonymous`] is seen without it.
    pub fn anonymous(self) -> Self {
        Self {
            is_anonymous: true,
            ..self
        }
    }

    /// To: one recipient more.
    pub fn to(mut self, address: Address) -> Self {
        self.to.push(address);
        self
    }

    /// cc: one more who gets a copy.
    pub fn cc(mut self, address: Address) -> Self {
        self.cc.push(address);
        self
    }

    /// DateTime: when the message is sent.
    pub fn date_time(self, date_time: DateTime) -> Self {
        Self {
            date_time: Some(date_time),
            ..self
        }
    }

    /// Tells that the message is going to be protected by S/MIME, so that it has to have a DateTime (RFC 4975 §13).
    pub fn protected(self) -> Self {
        Self {
            is_protected: true,
            ..self
        }
    }

    /// Subject, of any characters; an empty one is none (ruling C4).
    ///
    /// # Errors
    ///
    /// [`BuildError::TrailingWhitespace`] if it ends with a SP.
    pub fn subject(self, text: &str) -> Result<Self, BuildError> {
        let subject = Header::new("Subject", text)?;
        Ok(self.with_subject(subject))
    }

    /// Subject, and its language.
    ///
    /// # Errors
    ///
    /// As [`subject`](Self::subject), and [`BuildError::BadLanguage`].
    pub fn subject_in(self, language: &str, text: &str) -> Result<Self, BuildError> {
        let subject = Header::new("Subject", text)?.with_language(language)?;
        Ok(self.with_subject(subject))
    }

    /// NS: what a prefix stands for.
    ///
    /// # Errors
    ///
    /// [`BuildError::BadHeaderName`] if the prefix is no name, [`BuildError::BadNamespaceUri`] if the URI is not
    /// absolute or has a fragment, [`BuildError::PrefixInUse`] if the prefix stands for another one.
    pub fn namespace(mut self, prefix: &str, uri: &str) -> Result<Self, BuildError> {
        if let Some(offset) = prefix.find(|character| !is_name(character)) {
            return Err(BuildError::BadHeaderName { offset });
        }
        if prefix.is_empty() {
            return Err(BuildError::BadHeaderName { offset: 0 });
        }
        let declaration = Declaration {
            prefix: Some(prefix.into()),
            uri: uri.into(),
        };
        if !declaration.has_legal_uri() {
            return Err(BuildError::BadNamespaceUri);
        }
        match self.scope().namespace_of(prefix) {
            None => self.declarations.push(declaration),
            Some(known) if known == uri => {}
            Some(_) => return Err(BuildError::PrefixInUse),
        }
        Ok(self)
    }

    /// Require: one name more that the receiver has to understand, with its prefix.
    ///
    /// # Errors
    ///
    /// [`BuildError::BadHeaderName`], [`BuildError::UndeclaredPrefix`].
    pub fn require(mut self, name: &str) -> Result<Self, BuildError> {
        let (prefix, local) = split_name(name).map_err(|offset| BuildError::BadHeaderName { offset })?;
        if self.scope().resolve(prefix, local).is_none() {
            return Err(BuildError::UndeclaredPrefix);
        }
        self.required.push(name.into());
        Ok(self)
    }

    /// An extension header, whose prefix has to be declared [before](Self::namespace). One with an empty value is
    /// left out (ruling C4).
    ///
    /// # Errors
    ///
    /// [`BuildError::UndeclaredPrefix`], and [`BuildError::CoreHeader`] if the header has no prefix or one that
    /// stands for [`CORE_NAMESPACE`].
    pub fn header(mut self, header: Header) -> Result<Self, BuildError> {
        let prefix = header.prefix().ok_or(BuildError::CoreHeader)?;
        let scope = self.scope();
        match scope.namespace_of(prefix) {
            None => return Err(BuildError::UndeclaredPrefix),
            Some(CORE_NAMESPACE) => return Err(BuildError::CoreHeader),
            Some(_) => self.extensions.push(header),
        }
        Ok(self)
    }

    /// Builds the message around its content.
    ///
    /// # Errors
    ///
    /// [`BuildError::MissingFrom`], [`BuildError::MissingTo`], [`BuildError::MissingContentType`]; where a DateTime
    /// or a Message-ID has to be, [`BuildError::MissingDateTime`] and [`BuildError::MissingMessageId`];
    /// [`BuildError::AnonymousRequest`] and [`BuildError::RequestInNotification`] for disposition notifications that
    /// must not be asked for; [`BuildError::Illegal`] for content that was read from a peer and is not well-formed.
    pub fn build(self, content: Entity) -> Result<Message, BuildError> {
        let mut octets = self.head().into_bytes();
        octets.extend_from_slice(b"\r\n");
        content.write(&mut octets);
        let message = Message::parse_strict(&octets.into()).map_err(|error| match error {
            ParseError::MissingContentType => BuildError::MissingContentType,
            other => BuildError::Illegal(other),
        })?;
        if let Some(violation) = message.validate_msrp().into_iter().next() {
            return Err(match violation {
                Violation::MissingFrom => BuildError::MissingFrom,
                Violation::MissingTo => BuildError::MissingTo,
                Violation::Duplicate(header) => BuildError::Duplicate(header),
            });
        }
        if self.is_protected && self.date_time.is_none() {
            return Err(BuildError::MissingDateTime);
        }
        let is_anonymous = self.is_anonymous || self.from.is_some_and(|from| from.is_anonymous());
        imdn::check_request(&message, is_anonymous)?;
        Ok(message)
    }

    /// An extension header whose value is legal, behind the others. Its namespace is declared if need be, with a prefix
    /// like `wish`.
    pub(crate) fn with_extension(mut self, namespace: &str, wish: &str, name: &str, value: &str) -> Self {
        let scope = self.scope();
        let prefix = match scope.prefix_of(namespace) {
            Some(prefix) => prefix.to_owned(),
            None => {
                let prefix = scope.unused_prefix(wish);
                self.declarations.push(Declaration {
                    prefix: Some(prefix.as_str().into()),
                    uri: namespace.into(),
                });
                prefix
            }
        };
        self.extensions.push(Header::of_parts(&prefix, name, value));
        self
    }

    /// The same without the extension headers of this name in this namespace.
    pub(crate) fn without(mut self, namespace: &str, name: &str) -> Self {
        let scope = self.scope();
        let namespace_of = |header: &Header| header.prefix().and_then(|prefix| scope.namespace_of(prefix));
        self.extensions
            .retain(|header| header.name() != name || namespace_of(header) != Some(namespace));
        self
    }

    /// To and cc.
    pub(crate) fn recipients(&self) -> (&[Address], &[Address]) {
        (&self.to, &self.cc)
    }

    /// What the prefixes stand for that are declared so far.
    pub(crate) fn scope(&self) -> Scope {
        let mut scope = Scope::new();
        self.declarations
            .iter()
            .for_each(|declaration| scope.declare(declaration));
        scope
    }

    fn with_subject(self, subject: Header) -> Self {
        Self {
            subject: Some(subject),
            ..self
        }
    }

    fn head(&self) -> String {
        let mut head = String::new();
        let from = self.from.iter().map(|from| ("From", from));
        let to = self.to.iter().map(|to| ("To", to));
        let cc = self.cc.iter().map(|cc| ("cc", cc));
        for (name, address) in from.chain(to).chain(cc) {
            put_line(&mut head, name, &address.to_string());
        }
        if let Some(date_time) = &self.date_time {
            put_line(&mut head, "DateTime", date_time.as_str());
        }
        let is_written = |header: &&Header| !header.value().is_empty();
        for subject in self.subject.iter().filter(is_written) {
            subject.write(&mut head);
        }
        for declaration in &self.declarations {
            put_line(&mut head, "NS", &declaration.value());
        }
        if !self.required.is_empty() {
            put_line(&mut head, "Require", &self.required.join(","));
        }
        for extension in self.extensions.iter().filter(is_written) {
            extension.write(&mut head);
        }
        head
    }
}

fn put_line(head: &mut String, name: &str, value: &str) {
    head.push_str(name);
    head.push_str(": ");
    head.push_str(value);
    head.push_str("\r\n");
}
