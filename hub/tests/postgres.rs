//! A PostgreSQL server of this test alone, on a free port of the loopback; none where the machine has no PostgreSQL.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

/// Where Debian keeps the programs.
const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";

pub(crate) struct Server {
    folder: String,
    port: u16,
}

impl Server {
    /// Starts a server, or says in one line why not.
    pub(crate) fn start() -> Option<Server> {
        if !Path::new(PROGRAMS).join("initdb").exists() {
            println!(
                "PostgreSQL is not on this machine ({PROGRAMS}): the hub's store was tried on SQLite alone"
            );
            return None;
        }
        let template = std::env::temp_dir().join("beket-postgres-XXXXXX");
        let folder =
            text(&run("mktemp", &["-d", &template.display().to_string()])).trim().to_owned();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Server { folder, port };
        let data = server.data();
        server.program(
            "initdb",
            &["--pgdata", &data, "--username", "beket", "--auth", "trust", "--no-sync"],
        );
        // What a crash of the server would lose is not tried here.
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c fsync=off",
            server.folder
        );
        let log = format!("{}/log", server.folder);
        server.program(
            "pg_ctl",
            &["--pgdata", &data, "--log", &log, "--options", &options, "--wait", "start"],
        );
        Some(server)
    }

    /// A new, empty database; the answer is its URL.
    pub(crate) fn database(&self, name: &str) -> String {
        let port = self.port.to_string();
        self.program(
            "createdb",
            &["--host", "127.0.0.1", "--port", &port, "--username", "beket", name],
        );
        format!("postgres://beket@127.0.0.1:{port}/{name}")
    }

    fn data(&self) -> String {
        format!("{}/data", self.folder)
    }

    fn program(&self, name: &str, arguments: &[&str]) {
        let output = run(&format!("{PROGRAMS}/{name}"), arguments);
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        run(
            &format!("{PROGRAMS}/pg_ctl"),
            &["--pgdata", &self.data(), "--mode", "immediate", "stop"],
        );
        run("rm", &["-r", &self.folder]);
    }
}

/// PostgreSQL refuses to run as root; then its own user runs it.
fn run(program: &str, arguments: &[&str]) -> Output {
    let root = text(&Command::new("id").arg("-u").output().unwrap()).trim() == "0";
    let mut command = if root {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", program]);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/").args(arguments).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}
