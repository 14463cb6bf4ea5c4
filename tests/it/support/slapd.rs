//! A real OpenLDAP server on directories and ports of its own, with TLS; it is stopped when it is dropped.

use std::fs;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

use super::ldif::{Ldif, SUFFIX};
use super::wait_until;

/// What anybody may read who has logged in, and how much of it.
pub(crate) const OPEN: &str = "access to attrs=userPassword by anonymous auth by * none\n\
     access to * by users read by anonymous auth\n\
     limits users size=unlimited time=unlimited\n";

/// A running server.
pub(crate) struct Slapd {
    directory: TempDir,
    process: Child,
    port: u16,
    tls_port: u16,
    authority: String,
}

/// A certificate authority, and what it signed for a server.
struct Certificates {
    authority: String,
    certificate: String,
    key: String,
}

impl Slapd {
    /// Loads a directory and serves it, with these access rules and limits.
    pub(crate) fn start(ldif: &Ldif, rules: &str) -> Self {
        Self::start_as(ldif, rules, &["localhost", "127.0.0.1"])
    }

    /// The same, with a certificate for other names.
    pub(crate) fn start_as(ldif: &Ldif, rules: &str, names: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let certificates = certificates("Authority", names);
        let file = |name: &str| directory.path().join(name);
        fs::create_dir(file("db")).unwrap();
        fs::write(file("ca.pem"), &certificates.authority).unwrap();
        fs::write(file("server.pem"), &certificates.certificate).unwrap();
        fs::write(file("server.key"), &certificates.key).unwrap();
        fs::write(file("load.ldif"), ldif.as_str()).unwrap();
        configure(directory.path(), rules);
        let (configuration, load) = (file("slapd.conf"), file("load.ldif"));
        run(program("slapadd").arg("-q").arg("-f").arg(configuration).arg("-l").arg(load), "");
        let (process, port, tls_port) = serve(directory.path(), None);
        Self { directory, process, port, tls_port, authority: certificates.authority }
    }

    /// Serves the same directory at the same address with other rules.
    pub(crate) fn restart(&mut self, rules: &str) {
        self.stop();
        configure(self.directory.path(), rules);
        let (process, ..) = serve(self.directory.path(), Some((self.port, self.tls_port)));
        self.process = process;
    }

    /// Has it answer nobody until it goes on.
    pub(crate) fn pause(&self) {
        kill(self.pid(), Signal::SIGSTOP).unwrap();
    }

    pub(crate) fn go_on(&self) {
        kill(self.pid(), Signal::SIGCONT).unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.process.id().cast_signed())
    }

    /// Ends it, until it is restarted.
    pub(crate) fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Makes changes, as the one who may do everything.
    pub(crate) fn modify(&self, ldif: &Ldif) {
        let mut command = program("ldapmodify");
        command.args(["-x", "-H", &self.url(), "-D", &format!("cn=admin,{SUFFIX}"), "-w", "admin"]);
        run(&mut command, ldif.as_str());
    }

    /// What `ldapsearch` prints for a search below the suffix, as the account that reads; an error is what it says.
    pub(crate) fn search(&self, password: &str, filter: &str, attributes: &[&str]) -> Result<String, String> {
        let mut command = program("ldapsearch");
        command.args(["-x", "-LLL", "-o", "ldif-wrap=no", "-H", &self.url(), "-b", SUFFIX]);
        command.args(["-D", &format!("cn=reader,{SUFFIX}"), "-w", password, filter]).args(attributes);
        let output = command.stdin(Stdio::null()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("ldap://127.0.0.1:{}", self.port)
    }

    /// Its address with TLS, by a name that the certificate has.
    pub(crate) fn tls_url(&self) -> String {
        format!("ldaps://localhost:{}", self.tls_port)
    }

    /// The certificate of the authority that signed the server's.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    pub(crate) fn authority_file(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The certificate of an authority of this name, which signed nothing; the servers' is called `Authority`.
pub(crate) fn stranger(name: &str) -> String {
    certificates(name, &[]).authority
}

fn configure(directory: &Path, rules: &str) {
    let at = directory.display();
    // What holds for the whole server has to come before the database.
    let is_global =
        |line: &&str| ["disallow", "attributetype", "objectclass"].iter().any(|word| line.starts_with(word));
    let (global, rules): (Vec<&str>, Vec<&str>) = rules.lines().partition(is_global);
    let (global, rules) = (global.join("\n"), rules.join("\n"));
    let configuration = format!(
        "include /etc/ldap/schema/core.schema\n\
         include /etc/ldap/schema/cosine.schema\n\
         include /etc/ldap/schema/inetorgperson.schema\n\
         include /etc/ldap/schema/nis.schema\n\
         modulepath /usr/lib/ldap\n\
         moduleload back_mdb\n\
         moduleload ppolicy\n\
         moduleload memberof\n\
         pidfile {at}/pid\n\
         argsfile {at}/args\n\
         {global}\n\
         TLSCACertificateFile {at}/ca.pem\n\
         TLSCertificateFile {at}/server.pem\n\
         TLSCertificateKeyFile {at}/server.key\n\
         database mdb\n\
         suffix \"{SUFFIX}\"\n\
         rootdn \"cn=admin,{SUFFIX}\"\n\
         rootpw admin\n\
         directory {at}/db\n\
         maxsize 1073741824\n\
         dbnosync\n\
         index objectClass,entryUUID eq\n\
         overlay ppolicy\n\
         overlay memberof\n\
         {rules}\n"
    );
    fs::write(directory.join("slapd.conf"), configuration).unwrap();
}

/// Starts the server, on free ports if none are given, and waits until it answers.
fn serve(directory: &Path, ports: Option<(u16, u16)>) -> (Child, u16, u16) {
    // A port that was free a moment ago may be taken by somebody else.
    for _ in 0..5 {
        let (port, tls_port) = ports.unwrap_or_else(|| (free_port(), free_port()));
        let mut command = program("slapd");
        command.arg("-f").arg(directory.join("slapd.conf"));
        command.args(["-d", "0", "-h", &format!("ldap://127.0.0.1:{port} ldaps://127.0.0.1:{tls_port}")]);
        let mut process = command.stdin(Stdio::null()).spawn().unwrap();
        let mut ended = None;
        wait_until("slapd answers or has ended", || {
            ended = process.try_wait().unwrap();
            ended.is_some() || TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        if ended.is_none() {
            return (process, port, tls_port);
        }
    }
    panic!("slapd does not start");
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    // Servers live where not everybody's PATH looks.
    command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("LDAPNOINIT", "1");
    command
}

/// Runs a program to its end with this on standard input.
fn run(command: &mut Command, input: &str) {
    let mut process =
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed: {errors}");
}

fn certificates(authority: &str, names: &[&str]) -> Certificates {
    let authority_key = KeyPair::generate().unwrap();
    let name = authority;
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, name);
    let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let mut server =
        CertificateParams::new(names.iter().copied().map(str::to_owned).collect::<Vec<_>>()).unwrap();
    server.distinguished_name.push(DnType::CommonName, "localhost");
    let certificate = server.signed_by(&key, &issuer).unwrap().pem();
    Certificates { authority: authority_pem, certificate, key: key.serialize_pem() }
}
