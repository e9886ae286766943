"""A table in a folder of this machine, or of a file system that several machines share."""

import fcntl
import hashlib
import os
import uuid
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, BinaryIO, ParamSpec, TypeVar

from fetch_model.digest import file_digest

from ..errors import StoreFailed
from .store import Data, Entry

LOCK = ".manifest.lock"
"""Who replaces a file of a folder holds this one: no file system compares and replaces in one step. A kill gives it back."""

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def _told(step: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Errors of the file system as one sentence."""

    @wraps(step)
    def run(*given: Given.args, **named: Given.kwargs) -> Answer:
        try:
            return step(*given, **named)
        except OSError as error:
            raise StoreFailed(f"{error.filename or 'a file'} cannot be used: {error.strerror or error}") from error

    return run


def _not_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


class Folder:
    """See `Store`."""

    def __init__(self, place: str) -> None:
        self.name = place
        self._root = Path(place)

    @_told
    def list(self, folder: str = "") -> Iterable[Entry]:
        """See `Store.list`."""
        found = []
        for parent, _, names in os.walk(self._root / folder, onerror=_not_gone):
            for path in (Path(parent) / name for name in names):
                try:
                    stat = path.stat()
                except FileNotFoundError:
                    continue  # Another run has removed it meanwhile.
                found.append(Entry(path.relative_to(self._root).as_posix(), stat.st_size, stat.st_mtime))
        return found

    @_told
    def fingerprint(self, entry: Entry) -> dict[str, Any]:
        """See `Store.fingerprint`."""
        return {"sha256": file_digest(self._root / entry.path)}

    @_told
    def open(self, entry: Entry) -> BinaryIO:
        """See `Store.open`. Another content is found by its fingerprint, before the commit."""
        return (self._root / entry.path).open("rb")

    @_told
    def read(self, path: str) -> tuple[bytes, str] | None:
        """See `Store.read`."""
        try:
            data = (self._root / path).read_bytes()
        except FileNotFoundError:
            return None
        return data, hashlib.sha256(data).hexdigest()

    @_told
    def write(self, path: str, data: Data) -> None:
        """See `Store.write`."""
        target = self._root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        self._keep_names(target)

    @_told
    def create(self, path: str, data: Data) -> bool:
        """See `Store.create`: a link is made only where there is none."""
        target = self._root / path
        whole = self._beside(path, data)
        try:
            os.link(self._root / whole, target)
        except FileExistsError:
            return False
        finally:
            self.remove(whole)
        self._keep_names(target)
        return True

    @_told
    def replace(self, path: str, data: Data, tag: str) -> bool:
        """See `Store.replace`."""
        target = self._root / path
        with (target.parent / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            now = self.read(path)
            if now is None or now[1] != tag:
                return False
            (self._root / self._beside(path, data)).replace(target)
            self._keep_names(target)
        return True

    @_told
    def remove(self, path: str) -> None:
        """See `Store.remove`."""
        (self._root / path).unlink(missing_ok=True)

    def _beside(self, path: str, data: Data) -> str:
        """The data under a name that no reader looks for."""
        folder, _, name = path.rpartition("/")
        whole = f"{folder}/.{name}.{uuid.uuid4().hex}".removeprefix("/")
        self.write(whole, data)
        return whole

    def _keep_names(self, target: Path) -> None:
        """Make the names durable, up to the root: a folder may be new."""
        for folder in target.parents:
            number = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(number)
            finally:
                os.close(number)
            if folder == self._root:
                break
