"""A store with its registry and its online values in a real PostgreSQL, and rows in Parquet."""

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from feast import FeatureStore

from feature_store.apply import apply, open_store

from .postgres import Postgres, binaries, start

# For programs that a test starts, wherever it stands.
os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])

DEFINITIONS = Path(__file__).parents[3] / "features"

SETTINGS = """project: test
provider: local
registry:
  registry_type: sql
  path: postgresql+psycopg://@localhost:{port}/{database}?service=feast&sslmode=verify-full&sslrootcert={root}
  cache_ttl_seconds: 1
  sqlalchemy_config_kwargs: {{pool_size: 1, max_overflow: 2, pool_pre_ping: true}}
offline_store: {{type: feature_store.offline.WholeFileOfflineStore}}
online_store:
  type: feature_store.online.ServicePostgresOnlineStore
  service: feast
  host: localhost
  port: {port}
  database: {database}
  sslmode: verify-full
  sslrootcert_path: {root}
entity_key_serialization_version: 3
"""


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One server for all tests."""
    programs = binaries()
    if programs is None:
        pytest.skip("needs PostgreSQL: its programs on PATH, or `npx millrace tools`")
    started, server = start(programs, tmp_path_factory.mktemp("postgres"))
    started.run(*(f"CREATE ROLE {user} LOGIN PASSWORD '{user}-secret'" for user in ("feast", "feast_reader")))
    yield started
    # Without patience for the pools of the stores that were opened.
    server.send_signal(signal.SIGINT)
    server.wait(60)


class Place:
    """A folder with definitions, a folder with rows, and a database."""

    def __init__(self, root: Path, postgres: Postgres) -> None:
        self.folder = root / "features"
        self.data = root / "rows"
        self.postgres = postgres
        self.database = root.name.replace("-", "_").lower()[:40]
        shutil.copytree(DEFINITIONS, self.folder, ignore=shutil.ignore_patterns("data", "__pycache__"))
        statements = [f"CREATE DATABASE {self.database}", f"GRANT CONNECT ON DATABASE {self.database} TO feast, feast_reader"]
        postgres.run(*statements)
        postgres.run("GRANT USAGE, CREATE ON SCHEMA public TO feast", database=self.database)
        root_certificate = postgres.folder / "data" / "server.crt"
        settings = SETTINGS.format(port=postgres.port, database=self.database, root=root_certificate)
        (self.folder / "feature_store.yaml").write_text(settings)

    def variables(self, user: str = "feast") -> dict[str, str]:
        """What a pod has."""
        return {"FEATURES_DATA": str(self.data), "PGSERVICEFILE": str(self.postgres.service_file(user))}

    def apply(self) -> None:
        """As the job does."""
        apply(self.folder)

    def store(self) -> FeatureStore:
        """As a program opens it, anew."""
        return open_store(self.folder)


@pytest.fixture
def place(tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An empty one of its own, as the user who may write."""
    made = Place(tmp_path, postgres)
    for name, value in made.variables().items():
        monkeypatch.setenv(name, value)
    forget(monkeypatch)
    monkeypatch.chdir(tmp_path)
    return made


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let definitions of another folder be imported."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    for module in ("fraud", "sources"):
        monkeypatch.delitem(sys.modules, module, raising=False)
