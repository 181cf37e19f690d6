//! Whether `c=` and `m=` say the same as a URI of the path (RFC 6714 §4.4).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use msrp_proto::Host;
use msrp_proto::wire::{HostName, HostRef};

use crate::Media;

/// What the domain name system has said: addresses by name.
///
/// Nothing is looked up in this crate. Where a comparison needs it (RFC 6714 §4.4), the names are handed out, and the
/// addresses are put here. A name that has none is put here without any.
///
/// ```
/// # use msrp_sdp::Names;
/// let mut names = Names::default();
/// names.insert("relay.example.com".parse()?, ["192.0.2.4".parse()?, "192.0.2.5".parse()?]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<HostName, BTreeSet<IpAddr>>);

impl Names {
    /// Puts in the addresses of a name: all that were found, none if there are none or the look-up failed.
    pub fn insert(&mut self, name: HostName, addresses: impl IntoIterator<Item = IpAddr>) {
        self.0.insert(name, addresses.into_iter().collect());
    }

    /// Whether the section's `c=` and `m=` are those of a URI in its path, any of them (ruling R-60). If not, a
    /// middlebox has put its own address there. Without `c=` nobody has.
    ///
    /// # Errors
    ///
    /// The names that must be looked up before it can be said.
    pub(crate) fn match_media(&self, media: &Media) -> Result<bool, BTreeSet<HostName>> {
        let (Some(connection), Some(path)) = (media.connection(), media.path()) else {
            return Ok(true);
        };
        let written = connection.host();
        let hosts: Vec<Host> = path
            .iter()
            .filter(|uri| uri.port() == Some(media.port()))
            .filter_map(|uri| host(uri.host()))
            .collect();
        if hosts.contains(written) {
            return Ok(true);
        }
        let mut missing = BTreeSet::new();
        let mut found = false;
        for host in &hosts {
            match (self.addresses(written), self.addresses(host)) {
                (Ok(of_line), Ok(of_uri)) => found |= !of_line.is_disjoint(&of_uri),
                (of_line, of_uri) => missing.extend([of_line, of_uri].into_iter().filter_map(Result::err)),
            }
        }
        if found || missing.is_empty() {
            Ok(found)
        } else {
            Err(missing)
        }
    }

    fn addresses(&self, host: &Host) -> Result<BTreeSet<IpAddr>, HostName> {
        match host {
            Host::Address(address) => Ok(BTreeSet::from([*address])),
            Host::Name(name) => self.0.get(name).cloned().ok_or_else(|| name.clone()),
        }
    }
}

fn host(host: HostRef<'_>) -> Option<Host> {
    match host {
        HostRef::Address(address) => Some(Host::Address(address)),
        HostRef::Name(name) => HostName::new(name).ok().map(Host::Name),
    }
}
