//! What becomes of a path through relays, and of what both sides have agreed upon about it.

use msrp_proto::{RelayEvent, RelayFailure, Terms};
use msrp_sdp::Agreement;

use crate::meet::{self, Signalling, end};
use crate::tokio_driver::Relayed;

/// The path through relays of this side, if it has one, and the signalling, if there is any.
pub(super) struct Relaying {
    relayed: Option<Relayed>,
    signalling: Option<Signalling>,
    /// When the path ends that the session is on.
    ends: String,
    /// The relays have given another path, and the session is not on it yet.
    is_behind: bool,
}

/// What happened.
pub(super) enum Event {
    Relay(Option<RelayEvent>),
    Agreed(Box<Result<Agreement, meet::Error>>),
}

/// What follows of it.
#[derive(Default)]
pub(super) struct Consequence {
    /// To be told.
    pub(super) line: Option<String>,
    /// For the session.
    pub(super) terms: Option<Terms>,
    /// Nothing more can be sent.
    pub(super) is_over: bool,
}

impl Relaying {
    pub(super) fn new(relayed: Option<Relayed>, signalling: Option<Signalling>) -> Self {
        Self {
            relayed,
            signalling,
            ends: String::new(),
            is_behind: false,
        }
    }

    /// Never without either. May be cancelled.
    pub(super) async fn next(&mut self) -> Event {
        let (relayed, signalling) = (self.relayed.as_mut(), self.signalling.as_mut());
        tokio::select! {
            event = async { relayed?.next().await }, if relayed.is_some() => Event::Relay(event),
            Some(agreed) = async { Some(signalling?.next().await) } => Event::Agreed(Box::new(agreed)),
            else => std::future::pending().await,
        }
    }

    pub(super) fn on(&mut self, event: Event) -> Consequence {
        match event {
            Event::Relay(event) => self.on_relay(event),
            Event::Agreed(agreed) => match *agreed {
                Ok(agreement) => {
                    self.is_behind = false;
                    Consequence {
                        line: Some("the new path through the relay is agreed upon".into()),
                        terms: Some(agreement.terms()),
                        is_over: false,
                    }
                }
                Err(error) => Consequence::line(format!("no new agreement: {error}")),
            },
        }
    }

    fn on_relay(&mut self, event: Option<RelayEvent>) -> Consequence {
        match event {
            Some(RelayEvent::Expiring) => {
                if let Some(relayed) = &self.relayed {
                    self.ends = end(relayed.grant()).unwrap_or_default();
                    relayed.renew();
                }
                Consequence::default()
            }
            Some(RelayEvent::Renewed(grant)) => {
                self.is_behind = true;
                let ends = &self.ends;
                Consequence::line(match &mut self.signalling {
                    Some(signalling) => match signalling.offer(grant.path().clone()) {
                        Ok(()) => format!("the path through the relay ends at {ends}; a new one is offered"),
                        Err(error) => {
                            format!("the path through the relay ends at {ends}; no new offer: {error}")
                        }
                    },
                    None => format!(
                        "the path through the relay ends at {ends}, and the chat with it: there is another path, but \
                         it takes a new offer and answer"
                    ),
                })
            }
            Some(RelayEvent::NotRenewed(why)) => Consequence::line(format!(
                "the path through the relay ends at {}, and there is no other: {why}",
                self.ends
            )),
            Some(RelayEvent::Lapsed(_)) if self.is_behind => Consequence {
                line: Some("the path through the relay has ended".into()),
                terms: None,
                is_over: true,
            },
            // Of the end of the session others tell.
            Some(RelayEvent::Failed(RelayFailure::SessionEnded | RelayFailure::ConnectionLost)) | None => {
                self.relayed = None;
                Consequence::default()
            }
            Some(RelayEvent::Failed(why)) => Consequence {
                line: Some(format!("the path through the relay has ended: {why}")),
                terms: None,
                is_over: true,
            },
            Some(_) => Consequence::default(),
        }
    }
}

impl Consequence {
    fn line(line: String) -> Self {
        Self {
            line: Some(line),
            ..Self::default()
        }
    }
}
