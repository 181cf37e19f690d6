//! Settings for requests other than SEND and REPORT.

use core::time::Duration;
use std::sync::Arc;

use super::Config;
use crate::wire::Method;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Requests {
    /// The methods that the application answers.
    pub(crate) methods: Arc<[Method]>,
    pub(crate) max: usize,
    pub(crate) timeout: Duration,
}

impl Default for Requests {
    fn default() -> Self {
        Self {
            methods: Arc::default(),
            max: 64,
            timeout: Duration::from_secs(30),
        }
    }
}

impl Config {
    /// The methods besides SEND and REPORT that the application answers: such requests come as
    /// [`SessionEvent::Requested`](crate::SessionEvent::Requested), all others are answered with 501. SEND and
    /// REPORT have no effect here. Default: none.
    ///
    /// Such a request is one piece (RFC 4975 §7.1.2): one with another flag than `$`, or with a body and no
    /// Content-Type, is answered with 400, one with a body of more than 10240 octets with 413, where
    /// [`Limits::other_body`](crate::wire::Limits::other_body) lets it through. Its Failure-Report is not heeded:
    /// only SENDs have one, and the sender of any other request waits for its response.
    pub fn methods(self, methods: impl IntoIterator<Item = Method>) -> Self {
        let own = |method: &Method| !matches!(method, Method::Send | Method::Report);
        let methods = methods.into_iter().filter(own).collect();
        let requests = Requests {
            methods,
            ..self.requests
        };
        Self { requests, ..self }
    }

    /// Most requests of the peer that wait for the application's answer, on all sessions of a connection
    /// together; a further one is answered with 413, after which it may be tried again, unlike after 403 (RFC 4975
    /// §10.3, §10.5). As many requests of a connection's own, sent or waiting to be sent, may be without an
    /// outcome; a further one is not taken, as
    /// [`RequestErrorReason::TooMany`](crate::RequestErrorReason::TooMany). Default: 64.
    pub fn max_requests(self, requests: usize) -> Self {
        let requests = Requests {
            max: requests,
            ..self.requests
        };
        Self { requests, ..self }
    }

    /// How long the application may take to answer a request of the peer. Then the request lapses without an
    /// answer: 408 is not for endpoints to send (RFC 4975 §10.4), and the peer has given up by itself. Default:
    /// 30 s, which is how long the peer waits (RFC 4975 §7.1.1).
    pub fn respond_timeout(self, wait: Duration) -> Self {
        let requests = Requests {
            timeout: wait,
            ..self.requests
        };
        Self { requests, ..self }
    }
}
