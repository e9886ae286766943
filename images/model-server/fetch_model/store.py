"""The folder that receives the files: a file has its name only once it is complete."""

import errno
import hashlib
import os
import shutil
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

from .digest import tree_digest
from .errors import FetchError, NotThere, Unwritable, WrongDigest
from .sources.source import Download, Remote, Source

PARTS = ".fetch"
"""Folder of what is not complete, inside the folder of the model: a rename must not cross file systems."""

AT_ONCE = 4
"""Files that are downloaded at the same time."""


def fetch(source: Source, folder: Path, sha256: str, say: Callable[[str], None]) -> None:
    """Bring the files of a version into a folder. What an earlier run completed is kept, and what it began goes on.

    :param sha256: digest of the files together.
    :raises FetchError: and then the folder has no file that the digest did not cover, or the run can be repeated.
    """
    remotes = _checked(source.list())
    parts = folder / PARTS
    try:
        parts.mkdir(parents=True, exist_ok=True)
        _no_others(folder, remotes)
        missing = [remote for remote in remotes if not _is_complete(folder / remote.path, remote)]
        size = sum(remote.size or 0 for remote in missing)
        say(f"{len(remotes)} files, {len(remotes) - len(missing)} of them are here; {size} bytes to fetch")
        with ThreadPoolExecutor(AT_ONCE) as threads:
            for done in [threads.submit(_bring, source.download, remote, folder, parts) for remote in missing]:
                done.result()
        shutil.rmtree(parts)
        digest = tree_digest(folder)
    except OSError as error:
        raise _unwritable(error, folder) from error
    if digest != sha256:
        for remote in remotes:
            (folder / remote.path).unlink()
        raise WrongDigest(f"the files have the digest {digest}, and the release names {sha256}: they were removed")


def _checked(remotes: Iterable[Remote]) -> list[Remote]:
    """The files, none of which may end up outside of the folder."""
    checked = {remote.path: remote for remote in remotes}
    if not checked:
        raise NotThere("there are no files of this version")
    for path in checked:
        pure = PurePosixPath(path)
        plain = (
            str(pure) == path and not pure.is_absolute() and not {"..", "."} & set(pure.parts) and not any(map(_is_hidden, path))
        )
        if not plain or "\\" in path or pure.parts[0] == PARTS or len(path.encode()) > 1024:
            raise FetchError(f"the source has a file {path[:200]!r}, which is no plain path inside a folder")
        for parent in pure.parents:
            if str(parent) in checked:
                raise FetchError(f"the source has {str(parent)!r} both as a file and as a folder")
    return [checked[path] for path in sorted(checked)]


def _is_hidden(character: str) -> bool:
    """Whether nobody sees a character, other than a space. What Unicode has not assigned yet is left to a later version of it."""
    return character != " " and unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp", "Zs"}


def _no_others(folder: Path, remotes: Iterable[Remote]) -> None:
    expected = {remote.path for remote in remotes}
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        if inside.parts[0] == PARTS or (path.is_dir() and not path.is_symlink()):
            continue
        if path.is_symlink() or str(inside) not in expected:
            raise Unwritable(f"{folder} already has {str(inside)[:200]!r}, which is not of this version: empty the folder")


def _is_complete(path: Path, remote: Remote) -> bool:
    """Only complete files have their name, so the size tells enough; the digest is compared in the end."""
    return path.is_file() and (remote.size is None or path.stat().st_size == remote.size)


def _bring(download: Download, remote: Remote, folder: Path, parts: Path) -> None:
    # The part is another one when the remote file has changed since.
    part = parts / hashlib.sha256(f"{remote.path}\0{remote.tag}".encode()).hexdigest()
    download(remote, part)
    size = part.stat().st_size
    if remote.size is not None and size != remote.size:
        part.unlink()
        raise FetchError(f"{remote.path!r} has {size} bytes, and the source announced {remote.size}")
    with part.open("rb") as file:
        os.fsync(file.fileno())
    target = folder / remote.path
    target.parent.mkdir(parents=True, exist_ok=True)
    part.replace(target)


def _unwritable(error: OSError, folder: Path) -> Unwritable:
    reason = {
        errno.ENOSPC: "has no space left: give the volume a larger size limit",
        errno.EDQUOT: "has no space left: give the volume a larger size limit",
        errno.EROFS: "is read-only: mount it writable for fetch-model",
        errno.EACCES: "cannot be written by this user: mount it for user 10001",
    }.get(error.errno or 0, f"cannot be written: {error.strerror or error}")
    return Unwritable(f"{folder} {reason}")
