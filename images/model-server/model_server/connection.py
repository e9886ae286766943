"""One connection of HTTP: uvicorn's protocol with limits on what comes before a request."""

import asyncio
from http import HTTPStatus
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 64 * 1024
"""Largest head of a request."""

_LARGE_HEAD = f"The head of the request must be at most {HEAD_BYTES} bytes."


def connection_class(connections: int, seconds: float) -> type[HttpToolsProtocol]:
    """The protocol with these limits.

    :param connections: at the same time.
    :param seconds: longest time in which the head of a request arrives, and for which the rest of a refused body is read.
    """

    class Connection(HttpToolsProtocol):
        """Refuses connections past the limit, heads that are large or slow, and bodies that go on after their answer."""

        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self._head_bytes = 0
            self._arrived_bytes = 0
            self._messages = 0
            self._in_head = False
            self._in_body = False
            self._deadline: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            """See `asyncio.Protocol`."""
            super().connection_made(transport)
            if len(self.connections) > connections:
                transport.abort()

        def connection_lost(self, exc: Exception | None) -> None:
            """See `asyncio.Protocol`."""
            self._no_deadline()
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            """See `asyncio.Protocol`."""
            self._messages = int(self._in_head or self._in_body)
            super().data_received(data)
            # The parser tells of a header once it is complete: one without an end is counted as it arrives.
            if self._in_head and self._messages == 1:
                self._arrived_bytes += len(data)
                if self._arrived_bytes > HEAD_BYTES:
                    self._refuse(431, _LARGE_HEAD)

        def on_message_begin(self) -> None:
            """See `httptools`."""
            super().on_message_begin()
            self._messages += 1
            self._in_head = True
            self._head_bytes = self._arrived_bytes = 0
            self._deadline = self.loop.call_later(seconds, self._slow_head)

        def on_url(self, url: bytes) -> None:
            """See `httptools`."""
            self._count(len(url))
            super().on_url(url)

        def on_header(self, name: bytes, value: bytes) -> None:
            """See `httptools`. Headers behind a body in chunks count, too."""
            self._count(len(name) + len(value) + len(": \r\n"))
            super().on_header(name, value)

        def on_headers_complete(self) -> None:
            """See `httptools`."""
            super().on_headers_complete()
            self._in_head = False
            self._in_body = True
            self._no_deadline()

        def on_message_complete(self) -> None:
            """See `httptools`."""
            self._in_body = False
            self._no_deadline()
            super().on_message_complete()

        def on_response_complete(self) -> None:
            """Answered before the body has arrived: the rest is read and forgotten, for a while."""
            super().on_response_complete()
            if self._in_body and not self.transport.is_closing():
                self._deadline = self.loop.call_later(seconds, self.transport.abort)

        def send_400_response(self, msg: str) -> None:
            """What the parser does not take: a head that is too large, and what is no HTTP at all."""
            if self._head_bytes > HEAD_BYTES:
                self._refuse(431, _LARGE_HEAD)
            else:
                self._refuse(400, "The bytes are not a valid HTTP/1.1 request." if "Invalid HTTP" in msg else msg)

        def _count(self, size: int) -> None:
            self._head_bytes += size
            if self._head_bytes > HEAD_BYTES:
                # Ends the parser, which then asks for `send_400_response`.
                raise ValueError(_LARGE_HEAD)

        def _slow_head(self) -> None:
            self._refuse(408, f"The head of the request must arrive within {seconds:g} s.")

        def _refuse(self, status: int, message: str) -> None:
            in_body = self._in_body
            self._in_head = self._in_body = False
            self._no_deadline()
            if self.transport.is_closing():
                return
            if in_body and not self.pipeline and not self.cycle.response_started:
                # The request itself goes wrong in its body: nobody else answers it, and it counts for nothing.
                self.cycle.disconnected = True
                self.cycle.message_event.set()
            elif in_body or (self.cycle is not None and not self.cycle.response_complete):
                # This request has its answer, or one to an earlier request is on its way: no second answer is mixed with it.
                self.transport.close()
                return
            body = orjson.dumps({"error_code": HTTPStatus(status).name, "message": message})
            head = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()]
            head += [name + b": " + value for name, value in self.server_state.default_headers]
            head += [b"content-type: application/json", b"content-length: %d" % len(body), b"connection: close"]
            self.transport.write(b"\r\n".join([*head, b"", body]))
            self.transport.close()

        def _no_deadline(self) -> None:
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

    return Connection
