"""Makes the database and its two users, as the master user of the server: docs/decisions/features.md."""

import configparser
import os
from pathlib import Path

import psycopg
from psycopg import sql

from .errors import REFUSED, Stopped

DATABASE = "feast"
"""Of the registry and of the online store."""
SECTION = "feast"
"""Of the service files."""


def prepare() -> None:
    """Make what is not there, and give the users their passwords again.

    PostgreSQL gets SCRAM verifiers, so that no log can hold a password.

    `MASTER_URI` says where the server is, `OWNER_FILE` and `READER_FILE` are the service files of the users.

    :raises Stopped: when a variable is missing.
    """
    owner, reader = (_credentials(Path(_variable(name))) for name in ("OWNER_FILE", "READER_FILE"))
    address = _variable("MASTER_URI")
    with psycopg.connect(address, autocommit=True) as connection:
        for user, password in (owner, reader):
            verifier = connection.pgconn.encrypt_password(password.encode(), user.encode(), b"scram-sha-256").decode()
            verb = sql.SQL("ALTER" if _exists(connection, "pg_roles", "rolname", user) else "CREATE")
            connection.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, sql.Identifier(user), sql.Literal(verifier)))
        if not _exists(connection, "pg_database", "datname", DATABASE):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    with psycopg.connect(address, dbname=DATABASE, autocommit=True) as connection:
        users = sql.SQL(", ").join(sql.Identifier(user) for user, _ in (owner, reader))
        database = sql.Identifier(DATABASE)
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, users))
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(users))
        connection.execute(sql.SQL("GRANT CREATE ON SCHEMA public TO {}").format(sql.Identifier(owner[0])))


def _credentials(file: Path) -> tuple[str, str]:
    service = configparser.ConfigParser(interpolation=None)
    service.read(file)
    if not service.has_option(SECTION, "user") or not service.has_option(SECTION, "password"):
        raise Stopped(f"{file} must have a section [{SECTION}] with user and password, got none", exit_code=REFUSED)
    return service[SECTION]["user"], service[SECTION]["password"]


def _variable(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise Stopped(f"{name} must be set, got nothing", exit_code=REFUSED)
    return value


def _exists(connection: "psycopg.Connection[tuple[object, ...]]", table: str, column: str, name: str) -> bool:
    query = sql.SQL("SELECT FROM {} WHERE {} = %s").format(sql.Identifier(table), sql.Identifier(column))
    return connection.execute(query, [name]).fetchone() is not None
