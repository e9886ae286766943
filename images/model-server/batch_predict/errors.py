"""How a batch fails, by how much of it fails."""

from model_server.errors import StartError


class StoreFailed(StartError):
    """The input or the output does not answer, or refuses us. Exit code 3 where it happens before the first partition."""

    def __init__(self, message: str) -> None:
        super().__init__(message, 3)


class PartitionFailed(Exception):
    """No result of this partition becomes visible; the others go on. The message is one sentence without its full stop."""


class Stopped(Exception):
    """A signal came: nothing more is begun, and what is not committed is left out."""
