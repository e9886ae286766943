"""A request that was mirrored to us, and what of it is sent on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes

_SAFE = "".join(map(chr, range(0x21, 0x7F)))
"""Of a path and a query, all that is printable stays as it was sent."""
_OURS = {
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    # An answer that is not compressed is read as it is, and is no bomb.
    "accept-encoding",
    "x-shadow-of",
}
"""Headers of one connection, and those that we write ourselves."""
MOST_OF_AN_ID = 128
"""Longest request id, characters."""


@dataclass(frozen=True, slots=True)
class Mirrored:
    """One request, complete."""

    method: str
    target: str
    """Path and query, as on the wire."""
    headers: list[tuple[str, str]]
    body: bytes
    id: str
    """Its `x-request-id`, printable and not long; empty when it has none."""
    size: int
    """Bytes that it takes."""


def mirrored(scope: Mapping[str, Any], body: bytes, size: int) -> Mirrored:
    """The request of an ASGI scope.

    :param size: bytes that were reserved for it.
    """
    headers = [(name.decode("latin-1"), value.decode("utf-8", "replace")) for name, value in scope["headers"]]
    named = ",".join(value for name, value in headers if name == "connection")
    dropped = _OURS | {name.strip().lower() for name in named.split(",")}
    request_id = next((value for name, value in headers if name == "x-request-id"), "")
    request_id = re.sub(r"[^!-~]", "", request_id)[:MOST_OF_AN_ID]
    sent = [(name, value) for name, value in headers if name not in dropped]
    sent += [("accept-encoding", "identity"), ("x-shadow-of", request_id)]
    return Mirrored(scope["method"], _target(scope), sent, body, request_id, size)


def head_bytes(scope: Mapping[str, Any]) -> int:
    """Bytes of the head."""
    lines = sum(len(name) + len(value) for name, value in scope["headers"])
    return lines + len(scope["raw_path"]) + len(scope["query_string"])


def _target(scope: Mapping[str, Any]) -> str:
    path, query = scope["raw_path"], scope["query_string"]
    # The base URL stands before it: without a slash, "@host" would name another host.
    path = path if path.startswith(b"/") else b"/" + path
    return quote_from_bytes(path + (b"?" + query if query else b""), _SAFE)
