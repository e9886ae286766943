"""Records at which the process died: the next process of the pod tries each of them alone, and gives up at last.

A model can end its process (a fault in native code, too much memory) or never answer. Without this its record would be read
again and again, and block its partition.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from .dead_letters import CRASH, Unfit
from .records import Record

MOST_DEATHS = 3
"""Times that a process may die at a record alone. It may have been killed by somebody else, so one is not enough."""


class Suspects:
    """Kept in a file that outlives the process but not the pod. A kill between two of its writes is no harm."""

    def __init__(self, file: Path) -> None:
        """Read what an earlier process has left.

        :param file: in a folder that exists, such as a volume of the pod.
        """
        self._file = file
        self._deaths: dict[str, int] = {}
        told = {}
        with suppress(OSError, ValueError):
            told = json.loads(file.read_bytes())
        self._deaths.update(told.get("deaths", {}))
        running = told.get("running", [])
        for each in running:
            self._deaths[each] = self._deaths.get(each, 0) + (len(running) == 1)
        if running:
            # Else a process that ends before it predicts would be counted, too.
            self._write([])

    def parts(self, records: Iterable[Record]) -> Iterator[list[Record]]:
        """The records in their order, each suspect alone."""
        together: list[Record] = []
        for record in records:
            if record.id not in self._deaths:
                together.append(record)
                continue
            if together:
                yield together
            together = []
            yield [record]
        if together:
            yield together

    def check(self, record: Record) -> None:
        """Whether a record may be tried.

        :raises Unfit: when too many processes have died at it.
        """
        deaths = self._deaths.get(record.id, 0)
        if deaths >= MOST_DEATHS:
            raise Unfit(
                CRASH, f"the process died {deaths} times while the model predicted it, or the model did not answer in time"
            )

    @contextmanager
    def during(self, records: Sequence[Record]) -> Iterator[None]:
        """Remember that the model predicts these now."""
        self._write([record.id for record in records])
        try:
            yield
        finally:
            self._write([])

    def done(self, records: Iterable[Record]) -> None:
        """These are committed, and suspects no longer."""
        for record in records:
            self._deaths.pop(record.id, None)

    def _write(self, running: list[str]) -> None:
        new = self._file.with_suffix(".new")
        # A full disk is no reason to stop: then a process that dies at a record is tried without end, as without this file.
        with suppress(OSError):
            new.write_text(json.dumps({"running": running, "deaths": self._deaths}))
            new.replace(self._file)
