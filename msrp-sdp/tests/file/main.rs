//! File transfer (RFC 5547).

mod answering;
mod attributes;
mod body;
mod dates;
mod description;
mod hash;
mod info;
mod inspecting;
mod limits;
mod name;
mod offering;
mod properties;
mod range;
mod receipt;
mod select;
mod selector;

use msrp_sdp::{
    FileHash, FileInfo, FileLimits, FileName, FilePart, FileSelector, FileTransferId, FileTransfers,
    FileVerdict, Ids, Media,
};

/// The SHA-1 of the file F, whose ten octets are `0123456789`.
const H1: &str = "87:AC:EC:17:CD:9D:CD:20:A7:16:CC:2C:F6:74:17:B7:1C:8A:70:16";

/// The SHA-1 of the picture in the figures of RFC 5547.
const PICTURE: &str = "72:24:5F:E8:65:3D:DA:F3:71:36:2F:86:D4:71:91:3E:E4:A2:CE:2E";

fn ids() -> Ids {
    Ids::seeded([5; 32])
}

fn transfers() -> FileTransfers {
    FileTransfers::new(FileLimits::default())
}

#[track_caller]
fn selector(text: &str) -> FileSelector {
    FileSelector::parse(text.as_bytes()).unwrap()
}

#[track_caller]
fn id(text: &str) -> FileTransferId {
    FileTransferId::parse(text.as_bytes()).unwrap()
}

#[track_caller]
fn hash(text: &str) -> FileHash {
    FileHash::parse(text.as_bytes()).unwrap()
}

#[track_caller]
fn named(name: &str) -> FileInfo {
    FileInfo::new().with_name(FileName::new(name).unwrap())
}

/// All that can be known of F.
fn f() -> FileInfo {
    let plain = named("f.txt")
        .with_size(10)
        .with_hashes([hash(&format!("sha-1:{H1}"))]);
    plain.with_media_type("text/plain".parse().unwrap()).unwrap()
}

/// A section of MSRP with these lines in addition.
#[track_caller]
fn media(port: u16, lines: &[&str]) -> Media {
    let mut text = format!(
        "m=message {port} TCP/MSRP *\r\nc=IN IP4 192.0.2.1\r\na=accept-types:*\r\n\
         a=path:msrp://192.0.2.1:7654/jshA7weztas;tcp\r\n"
    );
    for line in lines {
        text.push_str(line);
        text.push_str("\r\n");
    }
    Media::parse(text.as_bytes()).unwrap()
}

/// What a section with these lines says of a file.
#[track_caller]
fn part(section: usize, lines: &[&str]) -> FilePart {
    media(7654, lines).file_part(section)
}

#[track_caller]
fn closed(section: usize, lines: &[&str]) -> FilePart {
    media(0, lines).file_part(section)
}

/// The offer of a file of the peer, `t1` with the size 10 in the section 0.
fn push_of_f() -> FilePart {
    part(
        0,
        &["a=sendonly", "a=file-selector:size:10", "a=file-transfer-id:t1"],
    )
}

/// The identifier of a transfer that is new.
#[track_caller]
fn new(verdict: FileVerdict) -> FileTransferId {
    match verdict {
        FileVerdict::New { id, .. } => id,
        other => panic!("{other:?}"),
    }
}

/// The attributes about a file as lines.
fn lines(part: &FilePart) -> Vec<String> {
    let attributes = part.attributes.attributes().into_iter();
    attributes
        .map(|(name, value)| match value {
            Some(value) => format!("{name}:{value}"),
            None => name.to_owned(),
        })
        .collect()
}
