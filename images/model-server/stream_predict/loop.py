"""Reads, predicts, commits; tries again what failed and is no record's fault."""

import random
import threading
from collections.abc import Callable

from .errors import Stopped, StreamFailed
from .metrics import Metrics
from .predict import Predictor
from .records import Connection
from .settings import Settings
from .suspects import Suspects

Say = Callable[[str], None]

FIRST_WAIT, LONGEST_WAIT = 0.2, 20.0
"""Time before a failed connection is made anew, seconds: doubled with each failure in a row, less a random part."""


class Loop:
    """One row after the other, until it is stopped."""

    def __init__(
        self,
        settings: Settings,
        connect: Callable[[], Connection],
        predictor: Predictor,
        suspects: Suspects,
        metrics: Metrics,
        say: Say,
        stopped: threading.Event,
    ) -> None:
        self._settings = settings
        self._connect = connect
        self._predictor = predictor
        self._suspects = suspects
        self._metrics = metrics
        self._say = say
        self._stopped = stopped
        self._failures = 0

    def run(self) -> None:
        """Predict until `stopped` is set, and leave the source then."""
        while not self._stopped.is_set():
            try:
                self._use(self._connect())
            except Stopped:
                return
            except StreamFailed as failed:
                self._failures += 1
                wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(self._failures - 1, 10)) * random.uniform(0.5, 1)  # noqa: S311
                self._metrics.failures.inc()
                self._say(f"{failed}; tried again in {wait:.1f} s")
                self._stopped.wait(wait)

    def _use(self, connection: Connection) -> None:
        try:
            while not self._stopped.is_set():
                records = connection.poll(self._settings.rows, self._settings.wait_seconds)
                for part in self._suspects.parts(records):
                    predicted = self._predictor.predict(part)
                    connection.commit(predicted.outcomes)
                    self._suspects.done(part)
                    self._metrics.committed(predicted.outcomes, predicted.columns)
                    self._failures = 0
        finally:
            connection.close()
