"""Prints what a tracking database holds, so that two copies can be compared: a JSON object a line.

It runs in a pod with MLflow's packages. `MLFLOW_BACKEND_STORE_URI` names the database, and `MLFLOW_TRACKING_URI` the server
that has the files of registered versions. It changes nothing: the session is read-only.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a type

SETTINGS = (
    "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL extra_float_digits = 3; SET LOCAL bytea_output = 'hex'"
)
TABLES = """
SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position) FROM information_schema.columns
WHERE table_schema = 'public' GROUP BY table_name ORDER BY table_name
"""
# Rows in 4,096 parts by their hash: of each part, how many there are, and the sum of the rest of their hashes.
PARTS = """
SELECT ('x' || left(hash, 3))::bit(12)::int::text, count(*), sum(('x' || substr(hash, 4, 15))::bit(60)::bigint)::text
FROM (SELECT md5(each::text) AS hash FROM {} AS each) AS hashed GROUP BY 1
"""
VERSIONS = """
SELECT name, version, coalesce(storage_location, source) FROM model_versions
WHERE current_stage IS DISTINCT FROM 'Deleted_Internal' ORDER BY creation_time DESC LIMIT 50
"""


def main() -> None:
    """Print the time of the look, each table, the newest versions of models, and an end."""
    connection = psycopg2.connect(os.environ["MLFLOW_BACKEND_STORE_URI"].replace("+psycopg2", ""))
    # One snapshot for everything.
    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
    with connection, connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        cursor.execute('SELECT to_char(clock_timestamp(), \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\')')
        say({"at": cursor.fetchone()[0]})
        cursor.execute(TABLES)
        for table, columns in cursor.fetchall():
            cursor.execute(sql.SQL(PARTS).format(sql.Identifier(table)))
            say({"table": table, "columns": columns, "parts": {part: [rows, rest] for part, rows, rest in cursor.fetchall()}})
        for version in versions(cursor):
            say(version)
    say({"end": True})


def versions(cursor: Cursor) -> Iterator[dict[str, object]]:
    """Files of the newest registered versions: their number, and one hash of their paths, their sizes and the file `MLmodel`."""
    cursor.execute(VERSIONS)
    for name, version, uri in cursor.fetchall():
        repository: Any = get_artifact_repository(uri)
        files = sorted(files_below(repository, None))
        digest = hashlib.sha256(json.dumps(files).encode())
        if "MLmodel" in dict(files):
            digest.update(Path(repository.download_artifacts("MLmodel")).read_bytes())
        yield {"version": f"{name} {version}", "uri": uri, "files": len(files), "sha256": digest.hexdigest()}


def files_below(repository: Any, path: str | None) -> Iterator[tuple[str, int]]:
    """Path and size of every file."""
    for entry in repository.list_artifacts(path):
        if entry.is_dir:
            yield from files_below(repository, entry.path)
        else:
            yield entry.path, entry.file_size


def say(line: dict[str, object]) -> None:
    """Print a line."""
    print(json.dumps(line), flush=True)  # noqa: T201 - it is the answer


if __name__ == "__main__":
    main()
