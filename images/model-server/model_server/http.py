"""The routes of HTTP, as one ASGI application."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from .errors import CallerError, NotReady, Refused
from .metrics import Metrics
from .settings import Settings
from .work import Disconnected, Work

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_log = logging.getLogger(__name__)

JSON = b"application/json"


@dataclass(slots=True)
class Answer:
    """One answer."""

    body: bytes
    status: int = 200
    kind: bytes = JSON
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


class Route(NamedTuple):
    """What answers a path, and the shape of its errors."""

    method: str
    handler: Callable[["Incoming"], Awaitable[Answer]]


class Incoming:
    """A request whose body has not been read."""

    def __init__(self, scope: Mapping[str, Any], receive: Receive, settings: Settings, work: Work) -> None:
        self.path: str = scope["path"]
        self.method: str = scope["method"]
        self._raw: list[tuple[bytes, bytes]] = scope["headers"]
        self._receive = receive
        self._settings = settings
        self._work = work
        self._kept = 0

    def header(self, name: bytes) -> str | None:
        """The first header of this name, in small letters."""
        for key, value in self._raw:
            if key == name:
                return value.decode("latin-1")
        return None

    async def body(self) -> bytes:
        """All of the body.

        :raises CallerError: 413 when it is too large, before it is read as a whole; 408 when it comes too slowly.
        """
        most = self._settings.body_bytes
        length = self.header(b"content-length")
        if length is not None and length.isascii() and length.isdigit() and int(length) > most:
            raise CallerError(f"The body must be at most {most} bytes, got {int(length)}.", 413)
        try:
            async with asyncio.timeout(self._settings.body_seconds):
                message = await self._receive()
                if not message.get("more_body"):
                    self._part(message)
                    return message.get("body") or b""
                parts = [self._part(message)]
                while message.get("more_body"):
                    message = await self._receive()
                    parts.append(self._part(message))
                    if self._kept > most:
                        raise CallerError(f"The body must be at most {most} bytes, and is larger.", 413)
        except TimeoutError:
            raise CallerError(f"The body must arrive within {self._settings.body_seconds:g} s.", 408) from None
        return b"".join(parts)

    def _part(self, message: Message) -> bytes:
        if message["type"] == "http.disconnect":
            raise Disconnected
        part: bytes = message.get("body") or b""
        self._work.keep(len(part))
        self._kept += len(part)
        return part

    def free(self) -> None:
        """Forget the body."""
        self._work.free(self._kept)
        self._kept = 0


class Application:
    """Answers requests; `x-model-version` is added to every answer by the server below."""

    def __init__(self, settings: Settings, metrics: Metrics, work: Work) -> None:
        self._settings = settings
        self._metrics = metrics
        self._work = work
        self.routes: dict[str, Route] = {
            "/ping": Route("GET", self._ping),
            "/health": Route("GET", self._ping),
            "/metrics": Route("GET", self._tell),
        }

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """See ASGI."""
        request = Incoming(scope, receive, self._settings, self._work)
        try:
            answer = await self._routed(request)
        except Disconnected:
            return
        finally:
            request.free()
        headers = [(b"content-type", answer.kind), (b"content-length", b"%d" % len(answer.body)), *answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else answer.body})

    async def _routed(self, request: Incoming) -> Answer:
        try:
            route = self.routes.get(request.path)
            if route is None:
                if not self._work.ready:
                    # Which paths the model has is known once it is loaded.
                    raise NotReady
                raise CallerError(f"There is nothing at {request.path[:100]!r}.", 404)
            if request.method != route.method and (request.method, route.method) != ("HEAD", "GET"):
                refused = CallerError(f"The method must be {route.method}, got {request.method[:20]}.", 405)
                return self._refusal(request, refused, [(b"allow", route.method.encode())])
            return await route.handler(request)
        except Refused as refused:
            headers = [(b"connection", b"close")] if refused.status == 408 else []
            return self._refusal(request, refused, headers + ([(b"retry-after", b"1")] if refused.status in (429, 503) else []))
        except (Disconnected, asyncio.CancelledError):
            raise
        except Exception:
            _log.exception("the server failed on %s %s", request.method, request.path)
            return self._refusal(request, Refused(500, "The server failed."))

    @staticmethod
    def _refusal(request: Incoming, refused: Refused, headers: list[tuple[bytes, bytes]] | None = None) -> Answer:
        told: dict[str, str] = {"error_code": refused.code, "message": refused.message}
        if request.path.startswith("/v2"):
            told = {"error": refused.message}
        return Answer(orjson.dumps(told), refused.status, headers=headers or [])

    async def _ping(self, request: Incoming) -> Answer:  # noqa: ARG002
        if not self._work.ready:
            raise NotReady
        return Answer(b"\n")

    async def _tell(self, request: Incoming) -> Answer:  # noqa: ARG002
        return Answer(self._metrics.text(), kind=b"text/plain; version=1.0.0; charset=utf-8")
