"""Listening for HTTP, in the way of every server here."""

import contextlib
import socket
from collections.abc import Iterator

import uvicorn

from .errors import StartError

PORT_IN_USE = 3
"""Exit code of an address that cannot be listened on."""


class Uvicorn(uvicorn.Server):
    """Leaves the signals to us: the process ends with 0 after a SIGTERM."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """See `uvicorn.Server`."""
        yield


def listen(host: str, port: int, variable: str) -> socket.socket:
    """The socket of HTTP.

    :param variable: that names the port.
    :raises StartError: when the port is in use or the address is not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StartError(f"{variable} {port} of {host} cannot be listened on: {reason}", PORT_IN_USE) from None
    return listening
