"""What the place of a table must do. Between any two of these steps the process may be killed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

Data = bytes | memoryview


@dataclass(frozen=True)
class Entry:
    """A file."""

    path: str
    """Path below the store, with '/'."""
    size: int
    """Bytes."""
    modified: float
    """When it was written, seconds since 1970."""
    tag: str = ""
    """S3's ETag; a folder has none."""


class Store(Protocol):
    """A folder or an S3 prefix. Each method raises `StoreFailed` when the place does not answer or refuses."""

    name: str
    """As the variable names it."""

    def list(self, folder: str = "") -> Iterable[Entry]:
        """All files below a folder of the store, in no order; none where there is no such folder."""

    def fingerprint(self, entry: Entry) -> dict[str, Any]:
        """What changes with the contents of a file: `{"etag": …}` or `{"sha256": …}`."""

    def open(self, entry: Entry) -> BinaryIO:
        """A file to read from any place. S3 refuses one that was replaced since it was listed."""

    def read(self, path: str) -> tuple[bytes, str] | None:
        """A small file and its tag, or None where there is none."""

    def write(self, path: str, data: Data) -> None:
        """Write a file whose name nobody else uses; it is durable afterwards."""

    def create(self, path: str, data: Data) -> bool:
        """Write a file unless it is there, whole or not at all. False: it is there, maybe by an answer that was lost."""

    def replace(self, path: str, data: Data, tag: str) -> bool:
        """Write over a file if it still has this tag, whole or not at all. False: it has another one, maybe ours."""

    def remove(self, path: str) -> None:
        """Remove a file; one that is gone is no failure."""
