//! The chat room of RFC 7701, and those who take part in it.

mod hostile;
mod members;
mod nicknames;
mod private;
mod programs;
mod slow;
mod support;
