"""The workers: each takes a request, asks both versions and counts what came of it."""

import asyncio
import logging
from time import monotonic

from .ask import Asker
from .judge import UNREADABLE, Answer, Verdict, judge
from .metrics import Metrics
from .pairs import Pair, Pairs
from .release import Release
from .requests import Mirrored
from .settings import Settings
from .waiting import SAME_VERSION, Dropped, Waiting

_log = logging.getLogger(__name__)

INLINE_BYTES = 64 * 1024
"""Larger answers are compared in a thread, so that they delay nobody, and one by one, because JSON takes 20 times its bytes."""
UNKNOWN = "unknown"
"""Label of a version that has not answered yet."""


class Work:
    """Compares what is submitted, a few requests at the same time."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings = settings
        self._metrics = metrics
        self._asker = Asker(settings)
        self._release = Release()
        self._large = asyncio.Lock()
        self._workers: list[asyncio.Task[None]] = []
        self.pairs = Pairs(metrics)
        self.waiting = Waiting(settings)

    def start(self) -> None:
        """Start the workers."""
        self._workers = [asyncio.create_task(self._run()) for _ in range(self._settings.workers)]

    async def end(self, seconds: float) -> None:
        """Forget what waits, finish what is being compared, but not for longer than this."""
        self.waiting.end(len(self._workers))
        _, late = await asyncio.wait(self._workers, timeout=seconds)
        for worker in late:
            worker.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        await self._asker.close()

    def submit(self, request: Mirrored) -> None:
        """Compare this request when its turn comes, and give its memory back then.

        :raises Dropped: when it will not be; its memory is still the caller's.
        """
        if not self._release.is_wanted(monotonic()):
            raise Dropped(SAME_VERSION)
        self.waiting.put(request)

    async def _run(self) -> None:
        while (request := await self.waiting.get()) is not None:
            try:
                await self._compare(request)
            except Dropped as dropped:
                self._metrics.dropped(str(dropped))
            except Exception as error:
                # Without its words, which may be those of a request.
                _log.error("a comparison failed: %s", type(error).__name__)
            finally:
                self.waiting.free(request.size)

    async def _compare(self, request: Mirrored) -> None:
        if not self._release.may_ask(monotonic()):
            raise Dropped(SAME_VERSION)
        answers = await self._asker.both(request)
        old, new = (None if answer is None else answer.version for answer in answers)
        begins = self._release.saw(old, new)
        if old is not None and old == new:
            raise Dropped(SAME_VERSION)
        verdict = await self._judge(answers)
        if not self._release.runs and verdict.outcome != UNREADABLE:
            # Somebody did not answer a probe, which does not say that a release runs.
            raise Dropped(SAME_VERSION)
        pair = self._pair(old, new)
        if begins:
            self.pairs.begin(pair)
        self.pairs.report(pair).add(request.id, verdict, answers)
        self._metrics.compared(pair, verdict, answers)

    async def _judge(self, answers: tuple[Answer | None, Answer | None]) -> Verdict:
        size = sum(len(answer.body or b"") for answer in answers if answer is not None)
        if size <= INLINE_BYTES:
            return judge(*answers, self._settings.tolerance)
        async with self._large:
            return await asyncio.to_thread(judge, *answers, self._settings.tolerance)

    def _pair(self, old: str | None, new: str | None) -> Pair:
        """Who was asked: who did not say is the one that is being compared."""
        present = self.pairs.present if self._release.runs else None
        known = present or (UNKNOWN, UNKNOWN)
        return old or known[0], new or known[1]
