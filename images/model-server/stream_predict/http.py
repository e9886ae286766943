"""Health and metrics over HTTP, in a thread of its own."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import uvicorn

from model_server.connection import connection_class
from model_server.listening import Uvicorn

from .metrics import Metrics

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

CONNECTIONS = 64
"""Connections at the same time; more are closed."""
SECONDS = 10
"""Longest time in which a request arrives, and for which an idle connection is kept."""
_JSON, _TEXT = b"application/json", b"text/plain; version=1.0.0; charset=utf-8"


def start_http(listening: socket.socket, metrics: Metrics) -> None:
    """Answer `GET /ping` and `GET /metrics` until the process ends."""
    paths: dict[str, Callable[[], tuple[bytes, bytes]]] = {
        "/ping": lambda: (b"\n", _JSON),
        "/metrics": lambda: (metrics.text(), _TEXT),
    }

    async def application(scope: Mapping[str, Any], _: object, send: Send) -> None:
        found = paths.get(scope["path"])
        status = 404 if found is None else 405 if scope["method"] not in ("GET", "HEAD") else 200
        body, kind = found() if found is not None and status == 200 else (b"", _TEXT)
        headers = [(b"content-length", b"%d" % len(body)), (b"content-type", kind)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    config = uvicorn.Config(
        application,
        http=connection_class(CONNECTIONS, SECONDS),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=SECONDS,
    )
    server = Uvicorn(config)
    threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True, name="http").start()
