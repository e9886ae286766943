"""What the comparisons of two versions have found, for a person and for a program: never a body and never an answer."""

import heapq
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count
from math import ceil, inf
from typing import Any

from .judge import DIFFERENT, OUTCOMES, SAME, Answer, Verdict

LATEST = 2048
"""Quantiles are those of this many latest values."""
MOST_DISTANT = 20


class Report:
    """The comparisons of one old and one new version; None before anything was compared. Its size is bounded."""

    def __init__(self, old: str | None = None, new: str | None = None) -> None:
        self._versions = (old, new)
        self._since = datetime.now(UTC)
        self._outcomes = dict.fromkeys(OUTCOMES, 0)
        self._distances: deque[float] = deque(maxlen=LATEST)
        self._farthest: float | None = None
        self._seconds: tuple[deque[float], deque[float]] = (deque(maxlen=LATEST), deque(maxlen=LATEST))
        # The least distant is first, to be replaced. Numbered, so that of two as distant ones the older stays.
        self._distant: list[tuple[float, int, dict[str, Any]]] = []
        self._number = count(0, -1)

    def add(self, request_id: str, verdict: Verdict, answers: tuple[Answer | None, Answer | None]) -> None:
        """Add one comparison."""
        self._outcomes[verdict.outcome] += 1
        for seconds, answer in zip(self._seconds, answers, strict=True):
            if answer is not None:
                seconds.append(answer.seconds)
        if verdict.distance is not None:
            self._distances.append(verdict.distance)
            self._farthest = max(self._farthest or 0.0, verdict.distance)
        if verdict.outcome == DIFFERENT or verdict.distance:
            self._add_distant(request_id, verdict, answers)

    def _add_distant(self, request_id: str, verdict: Verdict, answers: tuple[Answer | None, Answer | None]) -> None:
        rank = inf if verdict.distance is None else verdict.distance
        if len(self._distant) == MOST_DISTANT and rank <= self._distant[0][0]:
            return
        old_ms, new_ms = (None if answer is None else _milliseconds(answer.seconds) for answer in answers)
        told = {"request": request_id, "distance": verdict.distance, "old_ms": old_ms, "new_ms": new_ms}
        heapq.heappush(self._distant, (rank, next(self._number), told))
        if len(self._distant) > MOST_DISTANT:
            heapq.heappop(self._distant)

    def told(self) -> dict[str, Any]:
        """All of it, as JSON takes it."""
        old, new = self._versions
        read = self._outcomes[SAME] + self._outcomes[DIFFERENT]
        latency = [[_milliseconds(seconds) for seconds in side] for side in self._seconds]
        return {
            "old": old,
            "new": new,
            "since": self._since.isoformat(timespec="seconds"),
            "compared": sum(self._outcomes.values()),
            "outcomes": self._outcomes,
            "differs": self._outcomes[DIFFERENT] / read if read else None,
            "distance": {**_quantiles(self._distances), "max": self._farthest},
            "latency_ms": {"old": _quantiles(latency[0]), "new": _quantiles(latency[1])},
            "most_distant": [told for _, _, told in sorted(self._distant, key=lambda entry: entry[:2], reverse=True)],
        }


def _quantiles(values: Iterable[float]) -> dict[str, float | None]:
    ranked = sorted(values)
    return {f"p{share}": ranked[ceil(len(ranked) * share / 100) - 1] if ranked else None for share in (50, 99)}


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)
