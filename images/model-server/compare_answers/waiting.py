"""Requests that wait to be compared: bounded by number and by bytes."""

import asyncio

from .requests import Mirrored
from .settings import Settings

RESERVED_BODIES = 16
"""All requests together may take this many times the largest body."""

QUEUE_FULL = "queue_full"
TOO_LARGE = "too_large"
SAME_VERSION = "same_version"
REASONS = (QUEUE_FULL, TOO_LARGE, SAME_VERSION)


class Dropped(Exception):
    """The request is not compared. Its message is one of `REASONS`."""


class Waiting:
    """The queue, and the bytes of what arrives, waits and is compared."""

    def __init__(self, settings: Settings) -> None:
        self._most_bytes = RESERVED_BODIES * settings.body_bytes
        self._most = settings.queue
        self._bytes = 0
        self._requests: asyncio.Queue[Mirrored | None] = asyncio.Queue()

    def reserve(self, count: int) -> None:
        """Take memory for a part of a request.

        :raises Dropped: when all requests together would take too much.
        """
        if self._bytes + count > self._most_bytes:
            raise Dropped(QUEUE_FULL)
        self._bytes += count

    def free(self, count: int) -> None:
        """Give memory back."""
        self._bytes -= count

    def put(self, request: Mirrored) -> None:
        """Let it wait.

        :raises Dropped: when as many as may wait do.
        """
        if self._requests.qsize() >= self._most:
            raise Dropped(QUEUE_FULL)
        self._requests.put_nowait(request)

    async def get(self) -> Mirrored | None:
        """The next one; None at the end."""
        return await self._requests.get()

    def end(self, workers: int) -> None:
        """Forget those that wait, and tell each worker that no more come."""
        while not self._requests.empty():
            self._requests.get_nowait()
        for _ in range(workers):
            self._requests.put_nowait(None)
