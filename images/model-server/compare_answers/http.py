"""The routes of HTTP, as one ASGI application: its own paths, and every other as a mirrored request."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import orjson

from .metrics import Metrics
from .requests import head_bytes, mirrored
from .settings import Settings
from .waiting import TOO_LARGE, Dropped, Waiting
from .work import Work

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BODY_SECONDS = 10.0
"""Longest time in which the head, and then the body, of a request arrives."""
_JSON = b"application/json"
_TEXT = b"text/plain; version=1.0.0; charset=utf-8"


class Disconnected(Exception):
    """The request will not become complete."""


class Application:
    """Takes requests and tells what was found."""

    def __init__(self, settings: Settings, metrics: Metrics, work: Work) -> None:
        self._settings = settings
        self._metrics = metrics
        self._work = work
        self._own: dict[str, Callable[[], tuple[bytes, bytes]]] = {
            "/ping": lambda: (b"\n", _JSON),
            "/metrics": lambda: (metrics.text(), _TEXT),
            "/report": lambda: (orjson.dumps(work.pairs.told()), _JSON),
        }

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """See ASGI."""
        own = self._own.get(scope["path"])
        if own is None:
            try:
                status = await self._take(scope, receive)
            except Disconnected:
                return
            await _answer(send, status)
        elif scope["method"] in ("GET", "HEAD"):
            body, kind = own()
            await _answer(send, 200, b"" if scope["method"] == "HEAD" else body, kind)
        else:
            await _answer(send, 405)

    async def _take(self, scope: Mapping[str, Any], receive: Receive) -> int:
        """Read a request and submit it. The status: 202, whether it will be compared or not, and 408 when it comes too slowly."""
        reading = _Reading(self._settings, self._work.waiting)
        submitted = False
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await reading.body(scope, receive)
            self._work.submit(mirrored(scope, body, reading.reserved))
            submitted = True
        except Dropped as dropped:
            self._metrics.dropped(str(dropped))
        except TimeoutError:
            return 408
        finally:
            if not submitted:
                self._work.waiting.free(reading.reserved)
        return 202


class _Reading:
    """A request that arrives, and the bytes that were reserved for it."""

    def __init__(self, settings: Settings, waiting: Waiting) -> None:
        self._most = settings.body_bytes
        self._waiting = waiting
        self.reserved = 0

    async def body(self, scope: Mapping[str, Any], receive: Receive) -> bytes:
        """All of the body.

        :raises Dropped: when it is too large, or there is no room for it.
        """
        length = dict(scope["headers"]).get(b"content-length", b"")
        if length.isdigit() and (len(length) > 18 or int(length) > self._most):
            raise Dropped(TOO_LARGE)
        self._reserve(head_bytes(scope))
        parts, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Disconnected
            part: bytes = message.get("body") or b""
            size += len(part)
            if size > self._most:
                raise Dropped(TOO_LARGE)
            self._reserve(len(part))
            parts.append(part)
            more = message.get("more_body", False)
        return b"".join(parts)

    def _reserve(self, count: int) -> None:
        self._waiting.reserve(count)
        self.reserved += count


async def _answer(send: Send, status: int, body: bytes = b"", kind: bytes | None = None) -> None:
    headers = [(b"content-length", b"%d" % len(body))]
    headers += [(b"content-type", kind)] if kind else []
    headers += [(b"connection", b"close")] if status == 408 else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
