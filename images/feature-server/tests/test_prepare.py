"""The database and its users, made by a master user who is no superuser, as in RDS; twice, with new passwords."""

from pathlib import Path

import psycopg
import pytest

from feature_store.errors import Stopped
from feature_store.prepare import prepare

from .postgres import Postgres


def test_prepared_twice(postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    postgres.run("CREATE ROLE master LOGIN CREATEDB CREATEROLE PASSWORD 'master-secret'", "CREATE DATABASE mlflow OWNER master")
    address = f"host=localhost port={postgres.port} sslmode=verify-full sslrootcert={postgres.folder}/data/server.crt"
    monkeypatch.setenv("MASTER_URI", f"{address} dbname=mlflow user=master password=master-secret")
    for password in ("first", "second"):
        for name, user in (("OWNER_FILE", "owner"), ("READER_FILE", "reader")):
            file = tmp_path / name
            file.write_text(f"[feast]\nuser={user}\npassword={user}%-{password}\n")
            monkeypatch.setenv(name, str(file))
        prepare()
    with psycopg.connect(f"{address} dbname=feast user=owner password=owner%-second", autocommit=True) as owner:
        owner.execute("CREATE TABLE kept (value text)")
    with psycopg.connect(f"{address} dbname=feast user=reader password=reader%-second", autocommit=True) as reader:
        for statement in ("CREATE TABLE own (value text)", "SELECT * FROM kept"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(statement)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"{address} dbname=feast user=owner password=owner%-first")


def test_a_variable_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OWNER_FILE", raising=False)
    with pytest.raises(Stopped, match="OWNER_FILE must be set"):
        prepare()
