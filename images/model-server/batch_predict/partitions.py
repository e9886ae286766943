"""The partitions of a table in Hive style, `date=2026-11-30/region=eu/part-0.parquet`, and which of them are this pod's."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import unquote

from .errors import StoreFailed
from .settings import Settings
from .stores import Entry, Store

NULL = "__HIVE_DEFAULT_PARTITION__"
"""What Hive writes for a value that is missing."""


@dataclass(frozen=True)
class Partition:
    """Files of one folder."""

    path: str
    """Path below the input, `""` for a table without partitions."""
    files: tuple[Entry, ...]
    """In the order of their paths."""

    @property
    def label(self) -> str:
        """The path as people read it."""
        return self.path or "."

    @property
    def values(self) -> dict[str, str | None]:
        """The columns that stand in the path."""
        pairs = (level.partition("=") for level in self.path.split("/") if level)
        return {unquote(name): None if value == NULL else unquote(value) for name, _, value in pairs}

    def below(self, name: str) -> str:
        """The path of a file of this partition."""
        return f"{self.path}/{name}" if self.path else name


def partitions_of(store: Store) -> list[Partition]:
    """All partitions of a table, by path. Files and folders whose names begin with `_` or `.` are passed over, as Spark does.

    :raises StoreFailed: when a file lies in a folder that is no partition.
    """
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in store.list():
        *folders, name = entry.path.split("/")
        if not name.endswith(".parquet") or any(level.startswith(("_", ".")) for level in (*folders, name)):
            continue
        for level in folders:
            if not level.partition("=")[0] or "=" not in level:
                raise StoreFailed(
                    f"{store.name} has {entry.path[:300]!r}, and its folder {level!r} is not of the form name=value"
                )
        found["/".join(folders)].append(entry)
    return [Partition(path, tuple(sorted(found[path], key=lambda entry: entry.path))) for path in sorted(found)]


def own(partitions: Iterable[Partition], settings: Settings) -> list[Partition]:
    """Those of this pod. Which pod a partition belongs to depends on its path alone, so a pod that restarts goes on with them."""

    def pod(path: str) -> int:
        return int(hashlib.sha256(path.encode()).hexdigest(), 16) % settings.completions

    return [partition for partition in partitions if pod(partition.path) == settings.index]


def fitting(partitions: Iterable[Partition], pattern: str) -> list[Partition]:
    """Those whose paths fit the pattern."""
    return [partition for partition in partitions if fnmatchcase(partition.path, pattern)]


def fresh(store: Store, partition: Partition) -> list[dict[str, object]]:
    """The files as they are now: path, bytes and fingerprint of each. Another list means that another run must predict them."""
    now = sorted(
        (entry for entry in store.list(partition.path) if entry.path in {file.path for file in partition.files}),
        key=lambda entry: entry.path,
    )
    return [fingerprint(store, entry) for entry in now]


def fingerprint(store: Store, entry: Entry) -> dict[str, object]:
    """A file as a manifest names it."""
    return {"path": entry.path.rpartition("/")[2], "bytes": entry.size, **store.fingerprint(entry)}
