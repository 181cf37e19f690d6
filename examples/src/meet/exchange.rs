//! How descriptions get to the other side and back: as files, or by hand.

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind, Read as _, Write};
use std::path::Path;
use std::time::Duration;

use msrp_sdp::Description;
use tokio::time::{Instant, sleep};

use super::input::Input;
use super::{Error, Kind};

/// How often to look for a file.
pub(super) const LOOK: Duration = Duration::from_millis(200);

/// A file whose last line has an end, and that has not changed for so long, is complete if it can be read.
const COMPLETE: Duration = Duration::from_millis(400);

/// After so long it is what it is.
const FINAL: Duration = Duration::from_secs(2);

/// Gives a description to the user: in a file, or on `output`, with an empty line behind it.
pub(super) fn give(
    kind: Kind,
    description: &Description,
    file: Option<&Path>,
    output: &mut impl Write,
    remark: &mut impl FnMut(fmt::Arguments<'_>),
) -> Result<(), Error> {
    let octets = description.to_bytes();
    match file {
        Some(path) => {
            write(path, &octets).map_err(|source| Error::Write {
                path: path.into(),
                source,
            })?;
            remark(format_args!(
                "the {kind} is in {}; give it to the other side",
                path.display()
            ));
        }
        None => {
            output
                .write_all(&[&octets, &b"\r\n"[..]].concat())
                .and_then(|()| output.flush())
                .map_err(Error::Output)?;
            remark(format_args!(
                "this is the {kind}; give all of it to the other side"
            ));
        }
    }
    Ok(())
}

/// Takes the description of the other side: from a file, or as it is pasted.
pub(super) async fn take(
    kind: Kind,
    file: Option<&Path>,
    wait: Duration,
    input: &mut Input,
    remark: &mut impl FnMut(fmt::Arguments<'_>),
) -> Result<Description, Error> {
    match file {
        Some(path) => {
            remark(format_args!("waiting for the {kind} in {}", path.display()));
            from_file(kind, path, wait).await
        }
        None => {
            remark(format_args!(
                "paste the {kind} of the other side, with an empty line behind it"
            ));
            let pasted = input.paste(Description::MAX_LEN).await.map_err(Error::Input)?;
            if pasted.is_empty() {
                return Err(Error::Nothing(kind));
            }
            Description::parse(&pasted).map_err(|source| Error::Unreadable { kind, source })
        }
    }
}

async fn from_file(kind: Kind, path: &Path, wait: Duration) -> Result<Description, Error> {
    let began = Instant::now();
    let mut seen = (Vec::new(), began);
    loop {
        let octets = read(path).map_err(|source| Error::Read {
            path: path.into(),
            source,
        })?;
        if octets != seen.0 {
            seen = (octets, Instant::now());
        }
        let (octets, since) = &seen;
        let unchanged = since.elapsed();
        if octets.is_empty() {
            if began.elapsed() > wait {
                return Err(Error::NotThere {
                    kind,
                    path: path.into(),
                    waited: wait.as_secs(),
                });
            }
        } else if unchanged >= FINAL || (unchanged >= COMPLETE && octets.ends_with(b"\n")) {
            match Description::parse(until_empty_line(octets)) {
                Ok(description) => return Ok(description),
                Err(source) if unchanged >= FINAL => return Err(Error::Unreadable { kind, source }),
                Err(_) => {}
            }
        }
        sleep(LOOK).await;
    }
}

/// Nothing if it is not there.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut octets = Vec::new();
    file.take(Description::MAX_LEN as u64 + 1)
        .read_to_end(&mut octets)?;
    Ok(octets)
}

/// What was redirected has an empty line behind it, and what came by mail may have more.
pub(super) fn until_empty_line(octets: &[u8]) -> &[u8] {
    let octets = octets.trim_ascii_start();
    let mut end = 0;
    for line in octets.split_inclusive(|&octet| octet == b'\n') {
        if line.trim_ascii().is_empty() {
            break;
        }
        end += line.len();
    }
    octets.get(..end).unwrap_or_default()
}

/// The file is there as a whole or not at all.
pub(super) fn write(path: &Path, octets: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".msrp-").suffix(".part");
    // As any file that is made, less what the umask takes away: another user may be the one to read it.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(octets)?;
    file.persist(path)?;
    Ok(())
}
