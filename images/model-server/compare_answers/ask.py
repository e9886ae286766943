"""Asks both versions the same."""

import asyncio
import re
from collections import deque
from time import monotonic, perf_counter

import aiohttp
from yarl import URL

from .judge import Answer
from .requests import Mirrored
from .settings import Settings

SESSION_SECONDS = 1.0
"""A connection is used for as long as this. A Service leads new connections to its new pods, and old ones to the old pods."""
_VERSION = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class Asker:
    """Sends requests, each once: no retries, redirects, cookies or proxies."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sessions: deque[tuple[float, aiohttp.ClientSession]] = deque()

    async def both(self, request: Mirrored) -> tuple[Answer | None, Answer | None]:
        """The answers of the old and the new version, asked at the same time. None is no answer within the time-out."""
        session = await self._session()
        async with asyncio.TaskGroup() as group:
            old = group.create_task(self._ask(session, self._settings.old, request))
            new = group.create_task(self._ask(session, self._settings.new, request))
        return old.result(), new.result()

    async def close(self) -> None:
        """Close all connections."""
        while self._sessions:
            await self._sessions.popleft()[1].close()

    async def _ask(self, session: aiohttp.ClientSession, base: str, request: Mirrored) -> Answer | None:
        began = perf_counter()
        try:
            async with (
                asyncio.timeout(self._settings.timeout_seconds),
                session.request(
                    request.method,
                    URL(base + request.target, encoded=True),
                    data=request.body or None,
                    headers=request.headers,
                    allow_redirects=False,
                ) as response,
            ):
                version = response.headers.get("x-model-version", "")
                body = await self._body(response)
                seconds = perf_counter() - began
                return Answer(response.status, version if _VERSION.fullmatch(version) else None, body, seconds)
        except Exception:
            # Refused, closed, too late, no HTTP: whatever came, it is no answer.
            return None

    async def _body(self, response: aiohttp.ClientResponse) -> bytes | None:
        """All of it; None when it is too large, and then the rest is not read."""
        parts, size = [], 0
        async for part in response.content.iter_any():
            size += len(part)
            if size > self._settings.body_bytes:
                response.close()
                return None
            parts.append(part)
        return b"".join(parts)

    async def _session(self) -> aiohttp.ClientSession:
        now = monotonic()
        if not self._sessions or now >= self._sessions[-1][0] + SESSION_SECONDS:
            self._sessions.append((now, self._new_session()))
            # Nobody waits for an answer in these any more.
            while self._sessions[0][0] + SESSION_SECONDS + self._settings.timeout_seconds + 1 < now:
                await self._sessions.popleft()[1].close()
        return self._sessions[-1][1]

    @staticmethod
    def _new_session() -> aiohttp.ClientSession:
        session = aiohttp.ClientSession(
            # Workers limit how many there are. Idle ones go soon, for the next session does not use them.
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=SESSION_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("accept", "accept-encoding", "content-type", "user-agent"),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
        )
        # It would send a GET again when a connection that was kept is closed; there is no public name for it.
        session._retry_connection = False
        return session
