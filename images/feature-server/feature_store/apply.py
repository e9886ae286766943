"""Shows what would change in a registry, and changes it."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from feast import FeatureStore
from feast.constants import FEAST_FS_YAML_FILE_PATH_ENV_NAME
from feast.repo_config import RepoConfig
from feast.repo_operations import apply_total, plan
from psycopg import sql
from sqlalchemy import create_engine, inspect, text

from .definitions import SETTINGS, read_definitions, read_settings
from .errors import Stopped

READER = "feast_reader"
"""User of the server, which reads (components/features/database.ts)."""

LOCAL = """project: {project}
provider: local
registry: {folder}/registry.db
offline_store: {{type: feature_store.offline.WholeFileOfflineStore}}
online_store: {{type: sqlite, path: {folder}/online.db}}
entity_key_serialization_version: 3
"""


def show_plan(folder: Path, against: Path | None) -> None:
    """Print what `feast plan` says.

    :param against: folder with the definitions before the change; without it, the registry of the settings is asked. A pull
        request reaches no registry: there the definitions of the branch that it goes to are the ones before.
    """
    settings = read_settings(folder)
    if against is None:
        read_definitions(folder, settings.project)
        plan(settings, folder, skip_source_validation=True)
        return
    with tempfile.TemporaryDirectory() as scratch:
        local = Path(scratch) / SETTINGS
        local.write_text(LOCAL.format(project=settings.project, folder=scratch))
        # Both folders define modules of the same names: each has a process of its own.
        for command, of in (("apply", against), ("plan", folder)):
            _run(command, of, local)


def _run(command: str, folder: Path, settings: Path) -> None:
    here = [sys.executable, "-m", "feature_store", command, str(folder)]
    quiet = subprocess.DEVNULL if command == "apply" else None
    environment = {**os.environ, FEAST_FS_YAML_FILE_PATH_ENV_NAME: str(settings)}
    done = subprocess.run(here, env=environment, stdout=quiet, check=False)  # noqa: S603 - this program.
    if done.returncode != 0:
        raise Stopped(f"{folder} could not be read: see above", exit_code=done.returncode)


def apply(folder: Path) -> None:
    """Make the registry and the tables what the definitions say. The server's user may read them, and nothing more."""
    settings = read_settings(folder)
    read_definitions(folder, settings.project)
    _let_reader_read(settings)
    apply_total(settings, folder, skip_source_validation=True)


def _let_reader_read(settings: RepoConfig) -> None:
    """In PostgreSQL, tables that are made from now on can be read by the server's user; those that are there already, too."""
    path = str(settings.registry.path)
    if not path.startswith("postgresql"):
        return
    reader = sql.Identifier(READER).as_string()
    engine = create_engine(path)
    with engine.begin() as connection:
        if connection.execute(text("SELECT FROM pg_roles WHERE rolname = :name"), {"name": READER}).first() is None:
            return
        connection.execute(text(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {reader}"))
        if inspect(connection).get_table_names():
            connection.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}"))
    engine.dispose()


def open_store(folder: Path) -> FeatureStore:
    """The store of the settings, for commands that read no definitions."""
    return FeatureStore(config=read_settings(folder))
