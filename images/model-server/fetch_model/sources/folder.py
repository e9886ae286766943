"""`file://<absolute path>`: a folder of this machine."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ..errors import FetchError, NotThere, Unreachable, WrongVariable
from .source import Remote


class Folder:
    """A folder. Links are refused: they may lead out of it."""

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        if parts.netloc not in ("", "localhost") or not parts.path.startswith("/") or parts.query or parts.fragment:
            raise WrongVariable(f"MODEL_URI must be file:///<absolute path>, got {uri[:200]!r}")
        self.folder = Path(unquote(parts.path))
        """Where it is."""

    def list(self) -> Iterable[Remote]:
        """See `Source.list`."""
        if not self.folder.is_dir():
            raise NotThere(f"there is no folder {self.folder}")
        for path in self.folder.rglob("*"):
            inside = path.relative_to(self.folder).as_posix()
            if path.is_symlink():
                raise FetchError(f"the source has a link {inside!r}, and must have plain files only")
            if path.is_file():
                yield Remote(inside, path.stat().st_size, str(path.stat().st_mtime_ns))

    def download(self, remote: Remote, part: Path) -> None:
        """See `Download`."""
        try:
            shutil.copyfile(self.folder / remote.path, part)
        except OSError as error:
            if error.filename is None or not Path(error.filename).is_relative_to(self.folder):
                raise
            raise Unreachable(f"{self.folder} does not give {remote.path!r}: {error.strerror}") from error
