"""Versions of data: named by whoever keeps them, or by the bytes of their files."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypedDict

from .errors import WrongArgument
from .parts import is_line

Context = Literal["training", "validation", "test"]
"""What a dataset is used for, as MLflow calls it."""
CHUNK = 1024 * 1024
"""Bytes that are read at once."""
VERSION_LENGTH = 32
"""Hexadecimal digits of a manifest's digest that are its version: MLflow keeps 36 characters. The manifest itself has all 64."""


class File(TypedDict):
    """A file in a manifest."""

    path: str
    sha256: str
    size: int
    """Bytes."""


@dataclass(frozen=True)
class Data:
    """A dataset with its version, which something else keeps: a table format, DVC, a data store.

    :raises WrongArgument: when the name or the version cannot stand in a release.
    """

    name: str
    """One line without `@` and `,`, at most 100 characters."""
    version: str
    """The same rule. A snapshot of Iceberg, a revision of DVC, a day: whoever has it must find these bytes again."""
    source: str = ""
    """Where it lies, such as `s3://<bucket>/validated/transactions`. By default it is not said."""
    context: Context = "training"
    """What it is used for."""
    manifest: tuple[File, ...] = field(default=(), repr=False)
    """Its files, where `files` made it."""

    def __post_init__(self) -> None:
        for argument in ("name", "version"):
            text = getattr(self, argument)
            if not isinstance(text, str) or not is_line(text) or len(text) > 100 or set("@,") & set(text):
                raise WrongArgument(
                    f"'{argument}' of data must be one line of 1 to 100 characters without '@' and ',', got {str(text)[:120]!r}"
                )

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


def files(name: str, *paths: str | os.PathLike[str], context: Context = "training") -> Data:
    """A dataset whose version is the digest of its files; they are read to their end.

    The digest is that of docs/model-server.md: sha256 of a list with a line `<sha256>  <path>` for each file, in the byte order
    of the paths. A path is that below its folder; of a file that is named itself it is the name alone.

    :param paths: files and folders.
    :raises WrongArgument: when there are no files, one cannot be read, or two have the same path.
    """
    manifest = _manifest(paths)
    if not manifest:
        raise WrongArgument(f"'paths' of {name!r} must be files, or folders with files, got {[str(path) for path in paths]}")
    source = os.path.commonpath([Path(path).resolve() for path in paths])
    return Data(name, _digest_of(manifest)[:VERSION_LENGTH], source, context, manifest)


def tree_digest(folder: Path) -> str:
    """Digest of a folder, 64 hexadecimal digits, as docs/model-server.md defines it."""
    return _digest_of(_manifest((folder,)))


def _manifest(paths: Iterable[str | os.PathLike[str]]) -> tuple[File, ...]:
    """The files, in the byte order of their paths."""
    found: dict[str, File] = {}
    for path, file in _below(paths):
        if path in found:
            raise WrongArgument(f"'paths' must have each path once, got {path!r} twice: name a folder above both")
        found[path] = {"path": path, "sha256": _sha256(file), "size": file.stat().st_size}
    return tuple(found[path] for path in sorted(found, key=os.fsencode))


def _digest_of(manifest: Iterable[File]) -> str:
    lines = b"".join(f"{file['sha256']}  ".encode() + os.fsencode(file["path"]) + b"\n" for file in manifest)
    return hashlib.sha256(lines).hexdigest()


def _below(paths: Iterable[str | os.PathLike[str]]) -> Iterator[tuple[str, Path]]:
    for root in map(Path, paths):
        if root.is_file():
            yield root.name, root
        elif root.is_dir():
            yield from ((file.relative_to(root).as_posix(), file) for file in root.rglob("*") if file.is_file())
        else:
            raise WrongArgument(f"'paths' must be files or folders that are there, got {str(root)!r}")


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise WrongArgument(f"'paths' must be files that can be read, got {str(file)!r}: {error.strerror}") from error
    return digest.hexdigest()
