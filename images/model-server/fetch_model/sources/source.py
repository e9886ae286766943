"""What a source must do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Remote:
    """A file of a version."""

    path: str
    """Path below the version, with '/'."""
    size: int | None
    """Bytes, as far as the source tells."""
    tag: str = ""
    """Another text once the file has other contents, as far as the source tells."""


Download = Callable[[Remote, Path], None]
"""Write a file; when a part of it is there already, go on at its end or begin anew."""


class Source(Protocol):
    """Lists and downloads the files of one version."""

    def list(self) -> Iterable[Remote]:
        """All files.

        :raises FetchError: when there is no such version, or the source cannot be asked.
        """

    def download(self, remote: Remote, part: Path) -> None:
        """See `Download`."""
