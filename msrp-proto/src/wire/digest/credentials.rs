//! What a client proves to know.

use core::fmt;

use super::ParameterError;
use super::parameters::text;

/// A user and its password. `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    user: Box<str>,
    password: Box<str>,
}

impl Credentials {
    /// The user as the relay knows it, and its password. Both may be any text, empty too.
    ///
    /// # Errors
    ///
    /// [`ParameterError`] for a control character in either.
    pub fn new(user: &str, password: &str) -> Result<Self, ParameterError> {
        Ok(Self {
            user: text(user)?,
            password: text(password)?,
        })
    }

    /// The user.
    pub fn user(&self) -> &str {
        &self.user
    }

    pub(super) fn password(&self) -> &str {
        &self.password
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}
