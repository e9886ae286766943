"""How fetching fails, and the exit code of each way."""

import errno

_OF_WRITING = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EIO}
"""What a write says without the name of its file."""


class FetchError(Exception):
    """Nothing may be served. The message is one sentence that says what to do."""

    exit_code = 1


class WrongVariable(FetchError):
    """A variable is missing or invalid."""

    exit_code = 2


class Unreachable(FetchError):
    """The source does not answer or refuses us; a later try may succeed, and goes on where this one stopped."""

    exit_code = 3


class NotThere(FetchError):
    """The source has no such version."""

    exit_code = 4


class WrongDigest(FetchError):
    """The files are not those that the release names. They have been removed."""

    exit_code = 5


class Unwritable(FetchError):
    """The folder cannot take the files."""

    exit_code = 6


def is_of_folder(error: OSError) -> bool:
    """Whether the folder cannot take the files. Libraries tell of a network by the same class of errors."""
    return error.filename is not None or error.errno in _OF_WRITING


def one_line(error: Exception) -> str:
    """What another library said, as a part of a sentence."""
    return " ".join(str(error).split())[:300]
