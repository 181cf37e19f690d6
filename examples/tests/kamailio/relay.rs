//! Kamailio as a relay, for as long as a test runs.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, LazyLock};
use std::thread::sleep;
use std::time::{Duration, Instant};

use msrp_proto::wire::MsrpUri;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::RootCertStore;
use tempfile::TempDir;

const MODULES: [&str; 5] = ["pv.so", "tls.so", "sl.so", "auth.so", "msrp.so"];

/// The shell ends the relay when this side closes its input, however it has come to its end.
const GUARD: &str = r#""$@" & child=$!; read -r line; kill "$child"; wait "$child""#;

/// A relay, with a certificate for `localhost`. It ends when dropped.
pub(crate) struct Relay {
    guard: Child,
    port: u16,
    pub(crate) roots: Arc<RootCertStore>,
    /// With the certificate of the authority in `authority.pem`.
    pub(crate) folder: TempDir,
}

/// Where the program and its modules are.
struct Installed {
    program: PathBuf,
    modules: PathBuf,
}

static INSTALLED: LazyLock<Option<Installed>> = LazyLock::new(|| {
    let installed = installed();
    if installed.is_none() {
        // Once, and past the capture of the test harness.
        let _ = writeln!(
            io::stderr(),
            "SKIPPED: tests with kamailio (no kamailio with its modules msrp and tls)"
        );
    }
    installed
});

impl Relay {
    /// `None` where kamailio is not installed.
    pub(crate) fn start() -> Option<Self> {
        Self::start_granting(3600)
    }

    /// The same; paths live for so many seconds.
    pub(crate) fn start_granting(lifetime: u32) -> Option<Self> {
        let installed = INSTALLED.as_ref()?;
        for _ in 0..5 {
            if let Some(relay) = Self::try_start(installed, lifetime) {
                return Some(relay);
            }
        }
        panic!("kamailio does not start");
    }

    /// `None` if it has ended at once: somebody else was faster to take the port, maybe.
    fn try_start(installed: &Installed, lifetime: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let roots = certify(folder.path());
        let port = free_port();
        let configuration = include_str!("kamailio.cfg")
            .replace("PORT", &port.to_string())
            .replace("LIFETIME", &lifetime.to_string())
            .replace("FOLDER", folder.path().to_str().unwrap())
            .replace("MODULES", installed.modules.to_str().unwrap());
        let file = folder.path().join("kamailio.cfg");
        fs::write(&file, configuration).unwrap();
        let log = File::create(folder.path().join("log")).unwrap();
        let guard = Command::new("sh")
            .args(["-c", GUARD, "sh"])
            .arg(&installed.program)
            .args(["-DD", "-E", "-m", "64", "-M", "8", "-f"])
            .arg(&file)
            .arg("-Y")
            .arg(folder.path())
            .arg("-w")
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let relay = Self {
            guard,
            port,
            roots,
            folder,
        };
        relay.is_up().then_some(relay)
    }

    /// Where AUTH goes.
    pub(crate) fn uri(&self) -> MsrpUri {
        format!("msrps://localhost:{};tcp", self.port).parse().unwrap()
    }

    fn is_up(&self) -> bool {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(10) {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return true;
            }
            sleep(Duration::from_millis(20));
        }
        let _ = writeln!(io::stderr(), "{}", self.log());
        false
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
        if std::thread::panicking() {
            let _ = writeln!(io::stderr(), "{}", self.log());
        }
    }
}

fn installed() -> Option<Installed> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    folders.extend(["/usr/sbin".into(), "/usr/local/sbin".into()]); // not in everybody's path
    let program = folders
        .iter()
        .map(|folder| folder.join("kamailio"))
        .find(|program| program.is_file())?;
    let has_all = |folder: &PathBuf| MODULES.iter().all(|module| folder.join(module).is_file());
    let modules = libraries()
        .into_iter()
        .map(|folder| folder.join("kamailio/modules"))
        .find(has_all)?;
    Some(Installed { program, modules })
}

/// The folders of libraries, those of an architecture included.
fn libraries() -> Vec<PathBuf> {
    let mut all = Vec::new();
    for folder in ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64"] {
        let inner = fs::read_dir(folder).into_iter().flatten().flatten();
        all.push(folder.into());
        all.extend(inner.map(|entry| entry.path()));
    }
    all
}

/// The certificate of the relay, and the authority that has issued it.
fn certify(folder: &Path) -> Arc<RootCertStore> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Test");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    fs::write(folder.join("certificate.pem"), certificate.pem()).unwrap();
    fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    fs::write(folder.join("authority.pem"), authority.pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    Arc::new(roots)
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}
