//! How somebody joins: an offer comes, is answered, and a connection follows.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use msrp_cpim::Address;
use msrp_proto::MediaRanges;
use msrp_sdp::{
    Agreement, Answer, Description, Local, Media, Names, Origin, Outcome, Policy, Side, negotiate,
};
use rustls::RootCertStore;
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use super::{Key, Leave, Occurrence, Shared};
use crate::room::outbox::{Outbox, Outgoing};
use crate::room::signalling::{Invitation, Reply, Status};
use crate::room::state::{Joined, NoRoom, Room};
use crate::tokio_driver::Call;

/// How long somebody may take to send its offer, and to take the answer.
const SIGNALLING: Duration = Duration::from_secs(10);

/// The longest URI that somebody may have, in octets: others get to see it.
const MAX_URI: usize = 256;

/// Somebody who may come in: the answer, and what it comes to.
struct Admitted {
    address: Address,
    answer: Description,
    agreement: Agreement,
    wrapped: Option<Arc<MediaRanges>>,
}

/// Why not, and more of it for whoever runs the room.
struct TurnedAway(Status, String);

impl Shared {
    /// From the offer to the end of the session.
    pub(super) async fn admit(
        self: Arc<Self>,
        mut stream: TcpStream,
        from: SocketAddr,
        place: Option<OwnedSemaphorePermit>,
    ) {
        let invitation = match timeout(SIGNALLING, Invitation::receive(&mut stream)).await {
            Ok(Ok(invitation)) => Ok(invitation),
            Ok(Err(error)) => Err(TurnedAway(Status::BadRequest, error.to_string())),
            Err(_) => Err(TurnedAway(Status::BadRequest, "too slow".into())),
        };
        let admitted = invitation.and_then(|invitation| self.answer(invitation));
        let admitted = admitted.and_then(|admitted| {
            let (key, outgoing) = self.seat(&admitted)?;
            let roots = Arc::new(RootCertStore::empty());
            // The peer may be faster than its answer.
            match Call::answer(&self.endpoint, &admitted.agreement, &roots) {
                Ok(call) => Ok((admitted, key, outgoing, call, roots)),
                Err(error) => {
                    self.unseat(&key);
                    Err(TurnedAway(Status::Internal, error.to_string()))
                }
            }
        });
        let (admitted, key, outgoing, call, roots) = match admitted {
            Ok(admitted) => admitted,
            Err(TurnedAway(status, why)) => {
                self.tell(Occurrence::TurnedAway(from, why));
                let _ = timeout(SIGNALLING, Reply::Refused(status).send(stream)).await;
                return;
            }
        };
        let Admitted {
            address,
            answer,
            agreement,
            ..
        } = admitted;
        let reply = Reply::Accepted {
            room: self.options.address.clone(),
            answer,
        };
        let mut ending = self.ending.subscribe();
        let replied = timeout(SIGNALLING, reply.send(stream)).await;
        drop(place); // from now on it counts as a session
        let session = match replied {
            Ok(Ok(())) => tokio::select! {
                _ = ending.wait_for(|ending| *ending) => None,
                session = call.establish(&agreement, &roots) => session.ok(),
            },
            _ => None,
        };
        match session {
            Some(session) => self.attend(session, &key, outgoing).await,
            None => {
                self.unseat(&key);
                self.tell(Occurrence::Left(address, Leave::NeverCame));
            }
        }
    }

    fn answer(&self, invitation: Invitation) -> Result<Admitted, TurnedAway> {
        let unfit = |why: String| TurnedAway(Status::NotAcceptable, why);
        let Invitation { from, offer } = invitation;
        if from.uri().len() > MAX_URI {
            return Err(TurnedAway(Status::BadRequest, "a long URI".into()));
        }
        let mut sections = offer.msrp().into_iter();
        let open = sections.find(|(_, media)| media.as_ref().is_ok_and(|media| !media.is_refused()));
        let Some((index, Ok(offered))) = open else {
            return Err(unfit("no MSRP section that can be read".into()));
        };
        let local = self.local();
        let (opened, number) = {
            let mut ids = self.ids();
            (local.open(&mut ids), ids.number())
        };
        let session = opened.map_err(|error| TurnedAway(Status::Internal, error.to_string()))?;
        let policy = Policy::default().wait(self.options.wait);
        let answered = match session.answer(&offered, &policy, &Names::default()) {
            Ok(Answer::Media(answered)) => answered,
            Ok(Answer::Lookup(_)) => return Err(unfit("a name would have to be looked up".into())),
            Err(refusal) => return Err(unfit(refusal.to_string())),
        };
        let origin = Origin::new(number, self.options.host.clone());
        let mut answer = offer.answer(origin);
        answer
            .accept(index, &*answered)
            .expect("the section is one of MSRP, and open");
        Ok(Admitted {
            address: from,
            answer: answer.finish(),
            agreement: agreement(&offered, &answered, &policy)?,
            wrapped: offered.accept_wrapped_types().cloned().map(Arc::new),
        })
    }

    /// What the room says of itself.
    fn local(&self) -> Local {
        let options = &self.options;
        let port = self
            .endpoint
            .addresses()
            .first()
            .map_or(options.media.port(), SocketAddr::port);
        let any = MediaRanges::parse_strict(b"text/plain *").expect("a literal list");
        let local = Local::listening(options.host.clone(), port)
            .room(Room::<Key>::chatroom())
            .accept_wrapped_types(any)
            .max_size(options.max_size.min(1 << 20));
        match &self.fingerprints {
            Some(fingerprints) => local.fingerprints(fingerprints.clone()),
            None => local.plain(),
        }
    }

    /// A place in the room, before the connection: the first message may come with it.
    fn seat(&self, admitted: &Admitted) -> Result<(Key, Outgoing), TurnedAway> {
        let key: Key = admitted.agreement.uri().as_str().into();
        let joined = Joined::new(
            admitted.address.clone(),
            &admitted.agreement,
            admitted.wrapped.clone(),
        );
        let (outbox, outgoing) = Outbox::new(self.options.queue);
        let mut seats = self.state.seats();
        seats.room.join(key.clone(), joined).map_err(|why| {
            let status = match why {
                NoRoom::Taken => Status::Forbidden,
                NoRoom::Full | NoRoom::User => Status::Busy,
            };
            TurnedAway(status, why.to_string())
        })?;
        seats.outboxes.insert(key.clone(), outbox);
        Ok((key, outgoing))
    }

    /// Nothing is kept of a session that has ended.
    pub(super) fn unseat(&self, key: &Key) -> Option<Joined> {
        let mut seats = self.state.seats();
        seats.outboxes.remove(key);
        seats.here.remove(key);
        seats.room.leave(key)
    }
}

fn agreement(offered: &Media, answered: &Media, policy: &Policy) -> Result<Agreement, TurnedAway> {
    match negotiate(offered, answered, Side::Answerer, policy, &Names::default()) {
        Ok(Outcome::Session(agreement)) => Ok(*agreement),
        Ok(_) => Err(TurnedAway(Status::NotAcceptable, "a middlebox is between".into())),
        Err(error) => Err(TurnedAway(Status::NotAcceptable, error.to_string())),
    }
}
