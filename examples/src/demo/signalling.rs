//! The signalling: an offer and its answer, as text, which SIP carries in real life. What is agreed upon follows from
//! these two and is nowhere else.

use std::io;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::time::Duration;

use msrp_sdp::{
    Agreement, Answer, AnswerErrorReason, CertificateError, Description, DescriptionError, Fingerprints, Ids,
    Local, LocalError, LocalSession, Media, MediaError, Names, NegotiationError, Origin, Outcome, Policy,
    Refusal, Side, negotiate,
};

use crate::tls::{Identity, IdentityError};

const HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// How long the side that listens waits for the other: it is near, and whoever runs the demonstration waits, too.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was said, and what each side has made of it.
pub(super) struct Signalled {
    /// What Alice sent to Bob.
    pub(super) offer: Vec<u8>,
    /// What Bob sent to Alice.
    pub(super) answer: Vec<u8>,
    pub(super) alice: Party,
    pub(super) bob: Party,
}

/// One side, when it knows both descriptions.
pub(super) struct Party {
    pub(super) agreement: Agreement,
    pub(super) listener: TcpListener,
    /// `None` without TLS.
    pub(super) identity: Option<Identity>,
}

/// Why the two have not come to terms.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignallingError {
    /// The answer cannot be put together.
    #[error("the offered section cannot be answered")]
    Answer(#[from] AnswerErrorReason),
    /// There is no fingerprint of the certificate.
    #[error("the certificate has no fingerprint")]
    Certificate(#[from] CertificateError),
    /// What was received is no session description.
    #[error("the description cannot be read")]
    Description(#[from] DescriptionError),
    /// There is no certificate.
    #[error("there is no certificate to show")]
    Identity(#[from] IdentityError),
    /// There is no port to listen on.
    #[error("cannot listen")]
    Listen(#[from] io::Error),
    /// A side cannot be described.
    #[error("the session cannot be described")]
    Local(#[from] LocalError),
    /// The MSRP section that was received has no session in it.
    #[error("the section cannot be read")]
    Media(#[from] MediaError),
    /// Offer and answer do not fit together.
    #[error("offer and answer do not fit together")]
    Negotiation(#[from] NegotiationError),
    /// There is no MSRP section in what was received.
    #[error("no MSRP section")]
    NoSection,
    /// The offer is refused.
    #[error("the offer is refused")]
    Refused(#[from] Refusal),
    /// Something is to be looked up, or offered anew: both happen with CEMA only, which nobody has offered.
    #[error("neither a session nor a refusal")]
    Unsettled,
}

/// Has Alice make an offer and Bob answer it. Both can be connected to: who connects is for them to settle.
pub(super) fn signal(plain: bool, ids: &mut Ids) -> Result<Signalled, SignallingError> {
    let policy = Policy::default().wait(PATIENCE);
    let (alice, bob) = (Caller::open(plain, ids)?, Caller::open(plain, ids)?);

    let offer = Description::new(Origin::new(ids.number(), HOST.into()))
        .with_section(alice.session.offer())
        .to_bytes();
    let (answer, bob_agreement) = bob.answer(&offer, &policy, ids)?;
    let alice_agreement = alice.conclude(&answer, &policy)?;

    Ok(Signalled {
        offer,
        answer,
        alice: alice.agreed(alice_agreement),
        bob: bob.agreed(bob_agreement),
    })
}

/// One side before anything is agreed upon. It listens already: a peer may connect as soon as it knows where.
struct Caller {
    listener: TcpListener,
    identity: Option<Identity>,
    session: LocalSession,
}

impl Caller {
    fn open(plain: bool, ids: &mut Ids) -> Result<Self, SignallingError> {
        let listener = TcpListener::bind((HOST, 0))?;
        let local = Local::listening(HOST, listener.local_addr()?.port());
        let (local, identity) = if plain {
            (local.plain(), None)
        } else {
            let identity = Identity::self_signed()?;
            let fingerprints = Fingerprints::of([identity.certificate()])?;
            (local.fingerprints(fingerprints), Some(identity))
        };
        Ok(Self {
            listener,
            identity,
            session: local.open(ids)?,
        })
    }

    /// Answers an offer. Returns the answer, and what it comes to here.
    fn answer(
        &self,
        offer: &[u8],
        policy: &Policy,
        ids: &mut Ids,
    ) -> Result<(Vec<u8>, Agreement), SignallingError> {
        let received = Description::parse(offer)?;
        let mut answer = received.answer(Origin::new(ids.number(), HOST.into()));
        let (index, offered) = msrp_section(&received)?;
        let Answer::Media(answered) = self.session.answer(&offered, policy, &Names::default())? else {
            return Err(SignallingError::Unsettled);
        };
        answer
            .accept(index, &*answered)
            .map_err(|refused| refused.reason)?;
        let agreement = settle(&offered, &answered, Side::Answerer, policy)?;
        Ok((answer.finish().to_bytes(), agreement))
    }

    /// What the own offer and the answer to it come to here.
    fn conclude(&self, answer: &[u8], policy: &Policy) -> Result<Agreement, SignallingError> {
        let (_, answered) = msrp_section(&Description::parse(answer)?)?;
        settle(&self.session.offer(), &answered, Side::Offerer, policy)
    }

    fn agreed(self, agreement: Agreement) -> Party {
        Party {
            agreement,
            listener: self.listener,
            identity: self.identity,
        }
    }
}

fn msrp_section(description: &Description) -> Result<(usize, Media), SignallingError> {
    let first = description.msrp().into_iter().next();
    let (index, media) = first.ok_or(SignallingError::NoSection)?;
    Ok((index, media?))
}

fn settle(offer: &Media, answer: &Media, side: Side, policy: &Policy) -> Result<Agreement, SignallingError> {
    match negotiate(offer, answer, side, policy, &Names::default())? {
        Outcome::Session(agreement) => Ok(*agreement),
        _ => Err(SignallingError::Unsettled),
    }
}
