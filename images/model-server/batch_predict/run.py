"""Predicts one partition: reads, predicts, writes, commits."""

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .commit import committed, remove_replaced
from .errors import PartitionFailed, Stopped, StoreFailed
from .manifest import FORMAT
from .model import BatchModel
from .partitions import fingerprint, fresh
from .parts import REJECTED, Parts
from .plan import Step
from .predict import Predictor
from .settings import Settings
from .stores import Store
from .table import InputTable


@dataclass(frozen=True)
class Result:
    """What a run did with a partition."""

    outcome: str
    """`predicted`, `replaced`, or `lost` where another run was faster."""
    rows: int = 0
    """Rows that were read."""
    rejected: int = 0
    """Rows of them on which the model failed."""


def new_run() -> str:
    """The name of a run of a partition: nobody else has it."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(8)}"


class Run:
    """Predicts partitions with one model."""

    def __init__(self, settings: Settings, source: Store, target: Store, model: BatchModel, check: Callable[[], None]) -> None:
        """Make one.

        :param check: raises `Stopped` where nothing more may be begun.
        """
        self._settings = settings
        self._source = source
        self._target = target
        self._model = model
        self._check = check

    def predict(self, step: Step) -> Result:
        """Predict a partition and make its results visible.

        :raises PartitionFailed: and StoreFailed and Stopped: then no result of it is visible, or all are.
        """
        run = new_run()
        started = datetime.now(UTC)
        good = Parts(self._target, step.partition, run)
        rejected = Parts(self._target, step.partition, run, REJECTED)
        try:
            inputs = [fingerprint(self._source, entry) for entry in step.partition.files]
            rows = self._write(step, good, rejected)
            if fresh(self._source, step.partition) != inputs:
                raise PartitionFailed("its input files changed while they were read: run again")
            self._check_age(good, rejected)
            self._check()
        except (PartitionFailed, StoreFailed, Stopped):
            _remove(good, rejected)
            raise
        told = {
            "format": FORMAT,
            "run": run,
            "generation": step.manifest.told["generation"] + 1 if step.manifest is not None else 1,
            "model": self._identity(),
            "inputs": inputs,
            "outputs": good.files,
            "rejected": rejected.files,
            "rows": good.rows,
            "rejected_rows": rejected.rows,
            "started": started.isoformat(timespec="milliseconds"),
            "finished": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }
        if not committed(self._target, step.partition, told, step.manifest):
            _remove(good, rejected)
            return Result("lost")
        if step.manifest is not None:
            with suppress(StoreFailed):
                remove_replaced(self._target, step.partition, step.manifest, told)
        return Result("replaced" if step.manifest is not None else "predicted", rows, rejected.rows)

    def _write(self, step: Step, good: Parts, rejected: Parts) -> int:
        table = InputTable(self._source, step.partition, self._model, self._settings.keep)
        predictor = Predictor(self._model, table.rows * self._settings.rejected_share, self._check)
        for batch in table.batches(self._settings.rows):
            self._check()
            predicted = predictor.predict(batch)
            good.add(predicted.good)
            rejected.add(predicted.rejected)
        good.close()
        rejected.close()
        if good.rows + rejected.rows != table.rows:
            raise PartitionFailed(f"its files announce {table.rows} rows, and {good.rows + rejected.rows} were read")
        return table.rows

    def _check_age(self, good: Parts, rejected: Parts) -> None:
        """See `remove_orphans`."""
        firsts = [parts.first for parts in (good, rejected) if parts.first is not None]
        if firsts and time.monotonic() - min(firsts) > self._settings.orphan_seconds / 2:
            raise PartitionFailed("it took longer than half of BATCH_ORPHAN_SECONDS, so others may remove its files: raise that")

    def _identity(self) -> dict[str, Any]:
        model = self._settings.model
        return {"name": model.name, "version": model.version, "sha256": model.sha256}


def _remove(*kinds: Parts) -> None:
    """Remove what no manifest names. A store that refuses is no other failure: `remove_orphans` comes back to it."""
    for parts in kinds:
        with suppress(StoreFailed):
            parts.remove()
