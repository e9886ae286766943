"""How far the predictions are behind the source, by partition."""

import time
from dataclasses import dataclass
from threading import Lock

SOURCE = "source"
"""Stands for the source as a whole, among the partitions: a pod that the brokers do not answer has no partitions any more."""


@dataclass
class _Partition:
    seen: float
    """When the source last answered for it."""
    waiting: float | None = None
    """When the source got the oldest record that may not be committed."""
    uncommitted: int = 0
    """Records that were read and not committed."""
    ended: bool = False
    """Whether all that the source has was read."""


class Lag:
    """Told by a connection, read by the metrics. Times are seconds of the epoch.

    A partition is as far behind as its oldest record that waits is old. Where the source does not answer, nobody knows whether
    a record waits: then the partition counts as behind since the source last answered.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._answered = time.time()
        self._partitions: dict[str, _Partition] = {}

    def answered(self) -> None:
        """The source has answered, whatever it was asked."""
        self._answered = time.time()

    def seen(self, partition: str) -> None:
        """The source has answered for a partition."""
        with self._lock:
            self._of(partition).seen = time.time()

    def read(self, partition: str, at: float) -> None:
        """A record was read, which the source got at this time."""
        with self._lock:
            one = self._of(partition)
            one.seen, one.ended = time.time(), False
            one.waiting = at if one.waiting is None else min(at, one.waiting)
            one.uncommitted += 1

    def ended(self, partition: str) -> None:
        """All that the source has of a partition was read."""
        with self._lock:
            one = self._of(partition)
            one.seen, one.ended = time.time(), True
            if one.uncommitted == 0:
                one.waiting = None

    def committed(self, partition: str, at: float) -> None:
        """A record was committed, and all before it."""
        with self._lock:
            one = self._of(partition)
            one.uncommitted -= 1
            one.waiting = None if one.ended and one.uncommitted == 0 else at

    def forget(self, partition: str) -> None:
        """The partition is somebody else's."""
        with self._lock:
            self._partitions.pop(partition, None)

    def forget_all(self) -> None:
        """See `forget`."""
        with self._lock:
            self._partitions.clear()

    def seconds(self) -> dict[str, float]:
        """How far each partition is behind, and how long ago the source has answered."""
        now = time.time()
        with self._lock:
            behind = {name: max(0.0, now - min(one.seen, one.waiting or now)) for name, one in self._partitions.items()}
            return {**behind, SOURCE: max(0.0, now - self._answered)}

    def _of(self, partition: str) -> _Partition:
        """Whoever speaks of a partition has heard of the source."""
        self.answered()
        return self._partitions.setdefault(partition, _Partition(time.time()))
