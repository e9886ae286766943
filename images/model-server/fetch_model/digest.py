"""The digest of a folder, as docs/model-server.md defines it."""

import hashlib
from pathlib import Path

CHUNK = 1024 * 1024
"""Bytes that are read at once."""


def file_digest(path: Path) -> str:
    """Sha256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tree_digest(folder: Path) -> str:
    """Sha256 of a list with a line for each file, `<sha256>  <path>`, in the byte order of the paths."""
    paths = sorted(str(path.relative_to(folder)).encode() for path in folder.rglob("*") if path.is_file())
    lines = [f"{file_digest(folder / path.decode())}  ".encode() + path + b"\n" for path in paths]
    return hashlib.sha256(b"".join(lines)).hexdigest()
