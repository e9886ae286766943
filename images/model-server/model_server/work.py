"""Requests that run and wait: how many there may be, and how long each may take."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from types import TracebackType
from typing import Self, TypeVar

from .errors import CallerError, ModelFailure, NotReady, Refused
from .metrics import Metrics
from .settings import Settings

Answer = TypeVar("Answer")

_log = logging.getLogger(__name__)

RESERVED_BODIES = 16
"""The bodies of all requests together may be this many times the largest one."""


class Work:
    """Runs predictions in a few threads, so that a slow one stops neither probes nor the end of the server."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings = settings
        self._metrics = metrics
        self._threads = ThreadPoolExecutor(settings.threads, thread_name_prefix="predict")
        self._body_bytes = 0
        self.requests = 0
        self.ready = False

    def request(self, protocol: str) -> "Request":
        """A request that is counted from its head to its answer."""
        return Request(self, protocol)

    async def run(self, task: Callable[..., Answer], *arguments: object) -> Answer:
        """The task's outcome.

        :raises ModelFailure: 504 when it takes longer than the time-out. Its thread goes on; nobody waits for it.
        """
        try:
            async with asyncio.timeout(self._settings.request_seconds):
                return await asyncio.get_running_loop().run_in_executor(self._threads, task, *arguments)
        except TimeoutError:
            raise ModelFailure(f"The model did not answer within {self._settings.request_seconds:g} s.", 504) from None

    def keep(self, count: int) -> None:
        """Take memory for a part of a body.

        :raises CallerError: 429 when all bodies together would be too large.
        """
        if self._body_bytes + count > RESERVED_BODIES * self._settings.body_bytes:
            raise CallerError("The server holds too many large requests; try again in a second.", 429)
        self._body_bytes += count

    def free(self, count: int) -> None:
        """Give back the memory of a body."""
        self._body_bytes -= count

    def enter(self) -> None:
        """Admit a request.

        :raises NotReady: 503 before the model is ready.
        :raises CallerError: 429 when there are too many requests.
        """
        if not self.ready:
            raise NotReady
        if self.requests >= self._settings.requests:
            raise CallerError(f"The server has {self.requests} requests already; try again in a second.", 429)
        self.requests += 1
        self._metrics.in_flight.inc()

    def leave(self) -> None:
        """A request has its answer."""
        self.requests -= 1
        self._metrics.in_flight.dec()

    def answered(self, protocol: str, status: int, seconds: float) -> None:
        """Count an answer."""
        self._metrics.answered(protocol, status, seconds)


class Request:
    """A request to the model. As a context: admitted at its beginning, counted at its end."""

    def __init__(self, work: Work, protocol: str) -> None:
        self._work = work
        self._protocol = protocol
        self._admitted = False
        self._began = perf_counter()

    def __enter__(self) -> Self:
        try:
            self._work.enter()
        except Refused as refused:
            self._work.answered(self._protocol, refused.status, perf_counter() - self._began)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._work.leave()
        if isinstance(error, asyncio.CancelledError | Disconnected):
            return
        if isinstance(error, ModelFailure) and error.__cause__ is not None:
            # For whoever made the model; the caller gets the sentence.
            _log.error("%s", error.message, exc_info=error.__cause__)
        status = 200 if error is None else error.status if isinstance(error, Refused) else 500
        self._work.answered(self._protocol, status, perf_counter() - self._began)


class Disconnected(Exception):
    """The caller has left before its request was complete; there is nobody to answer."""
