//! A room, and participants that remember what they heard.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use msrp_cpim::Address;
use msrp_cpim::chat::ChatMessage;
use msrp_examples::room::{
    Content, Handle, Heard, JoinError, JoinOptions, Member, NicknameError, Occurrence, Server, ServerOptions,
};
use msrp_proto::{Nickname, SendFailure, UseNickname};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

pub(crate) const ROOM: &str = "sip:room@example.com";

/// Fails instead of hanging.
#[track_caller]
pub(crate) fn within<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    let caller = std::panic::Location::caller();
    async move {
        match tokio::time::timeout(Duration::from_secs(20), work).await {
            Ok(result) => result,
            Err(_) => panic!("not done in time, at {caller}"),
        }
    }
}

/// Waits until something holds.
#[track_caller]
pub(crate) fn until(condition: impl Fn() -> bool) -> impl Future<Output = ()> {
    within(async move {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
}

pub(crate) fn address(text: &str) -> Address {
    Address::parse(text).or_else(|_| Address::new(text)).unwrap()
}

pub(crate) fn uri(user: &str) -> String {
    format!("sip:{user}@example.com")
}

/// With which status something was refused.
#[track_caller]
pub(crate) fn status(outcome: Result<(), SendFailure>) -> u16 {
    match outcome {
        Err(SendFailure::Refused(status)) => status.as_u16(),
        other => panic!("{other:?}"),
    }
}

/// A room that runs until it is dropped.
pub(crate) struct Running {
    pub(crate) handle: Handle,
    pub(crate) at: SocketAddr,
    pub(crate) media: SocketAddr,
    occurred: mpsc::UnboundedReceiver<Occurrence>,
    plain: bool,
    end: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn new(change: impl FnOnce(ServerOptions) -> ServerOptions) -> Self {
        let options = change(ServerOptions::new(address(ROOM), IpAddr::V4(Ipv4Addr::LOCALHOST)));
        let plain = options.plain;
        let server = Server::bind(options).await.unwrap();
        let (end, ended) = oneshot::channel::<()>();
        let (tell, occurred) = mpsc::unbounded_channel();
        let (handle, at, media) = (server.handle(), server.signalling(), server.media());
        let until = async {
            let _ = ended.await;
        };
        let tell = move |occurrence| {
            let _ = tell.send(occurrence);
        };
        Self {
            handle,
            at,
            media,
            occurred,
            plain,
            end,
            running: tokio::spawn(server.run(until, tell)),
        }
    }

    /// Without TLS.
    pub(crate) async fn plain() -> Self {
        Self::new(|options| ServerOptions {
            plain: true,
            ..options
        })
        .await
    }

    /// Somebody who joins.
    pub(crate) async fn join(&self, user: &str) -> Party {
        self.join_with(JoinOptions::new(address(&uri(user))))
            .await
            .unwrap()
    }

    pub(crate) async fn join_with(&self, options: JoinOptions) -> Result<Party, JoinError> {
        let stream = TcpStream::connect(self.at).await.unwrap();
        let options = JoinOptions {
            plain: self.plain,
            ..options
        };
        let member = within(Member::join(stream, options)).await?;
        Ok(Party {
            member,
            heard: Vec::new(),
        })
    }

    /// Waits for something that happens.
    pub(crate) async fn happens(&mut self, wanted: impl Fn(&Occurrence) -> bool) -> Occurrence {
        loop {
            let occurrence = within(self.occurred.recv()).await.unwrap();
            if wanted(&occurrence) {
                return occurrence;
            }
        }
    }

    pub(crate) async fn end(self) {
        drop(self.end);
        within(self.running).await.unwrap();
    }
}

/// A participant.
pub(crate) struct Party {
    pub(crate) member: Member,
    heard: Vec<(ChatMessage, String)>,
}

impl Party {
    pub(crate) async fn say(&self, text: &str) -> Result<(), SendFailure> {
        let delivery = self.member.say(text).await.unwrap();
        within(delivery.outcome()).await
    }

    pub(crate) async fn whisper(&self, to: &str, text: &str) -> Result<(), SendFailure> {
        let delivery = self.member.whisper(&address(to), text).await.unwrap();
        within(delivery.outcome()).await
    }

    /// Takes a nickname; an empty one is given up.
    pub(crate) async fn rename(&mut self, name: &str) -> Result<(), NicknameError> {
        let wanted = match name {
            "" => UseNickname::Remove,
            name => UseNickname::Take(Nickname::new(name).unwrap()),
        };
        let asked = self.member.rename(wanted).await.unwrap();
        loop {
            match within(self.member.next()).await.unwrap() {
                Heard::Nickname(id, outcome) => {
                    assert_eq!(id, asked);
                    return outcome;
                }
                other => self.note(other),
            }
        }
    }

    /// Waits for a text of a participant, or of the room.
    #[track_caller]
    pub(crate) fn hears(&mut self, wanted: &str) -> impl Future<Output = ()> {
        within(async move {
            while !self.heard.iter().any(|(_, text)| text.contains(wanted)) {
                let heard = self.member.next().await.expect("in the room");
                self.note(heard);
            }
        })
    }

    /// What was heard of others so far is of no interest any more.
    pub(crate) fn forget(&mut self) {
        self.heard.retain(|(to, _)| to.from().uri() == ROOM);
    }

    fn note(&mut self, heard: Heard) {
        match heard {
            Heard::Message {
                to,
                content: Content::Text(text),
            } => self.heard.push((to, text)),
            other => panic!("{other:?}"),
        }
    }

    /// What was heard of other participants: who wrote it, whether it was private, and the text.
    pub(crate) fn messages(&self) -> Vec<(String, bool, String)> {
        let heard = self.heard.iter().filter(|(to, _)| to.from().uri() != ROOM);
        heard
            .map(|(to, text)| (to.from().uri().into(), to.is_private(), text.clone()))
            .collect()
    }

    /// The names of those who wrote them.
    pub(crate) fn names(&self) -> Vec<Option<String>> {
        let heard = self.heard.iter().filter(|(to, _)| to.from().uri() != ROOM);
        heard.map(|(to, _)| to.from().name().map(Into::into)).collect()
    }
}
