"""All partitions of this pod, one after the other."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from model_server.digest import verified_digest

from .commit import remove_orphans
from .errors import PartitionFailed, StoreFailed
from .partitions import fitting, own, partitions_of
from .plan import Step, planned
from .settings import Settings
from .stores import Store, store_of

if TYPE_CHECKING:
    from .run import Result, Run

DONE, FAILED, REFUSED, NOTHING = 0, 1, 4, 5
"""Exit codes."""

Say = Callable[[str], None]


class NothingFits(Exception):
    """No partition of the input fits; likely a typing error."""


class Batch:
    """One run of the program."""

    def __init__(self, settings: Settings, say: Say, check: Callable[[], None]) -> None:
        """Make one.

        :param check: raises `Stopped` where nothing more may be begun.
        """
        digest = verified_digest(settings.model.folder, settings.model.sha256)
        self._settings = replace(settings, model=replace(settings.model, sha256=digest))
        self._say = say
        self._check = check
        self.source: Store = store_of(settings.input)
        self.target: Store = store_of(settings.output)
        self.outcomes: Counter[str] = Counter()
        self.rows = 0
        self.rejected = 0

    def plan(self) -> list[Step]:
        """What is to be done.

        :raises NothingFits: when no pod has anything to do.
        :raises StoreFailed: when the input cannot be listed.
        """
        settings = self._settings
        partitions = fitting(partitions_of(self.source), settings.partitions)
        if not partitions:
            raise NothingFits(
                f"{settings.input} has no Parquet file in a partition that fits BATCH_PARTITIONS ({settings.partitions})"
            )
        steps = []
        for step in planned(own(partitions, settings), self.source, self.target, settings):
            self._check()
            steps.append(step)
        return steps

    def run(self, steps: list[Step]) -> int:
        """Do it. Returns the exit code.

        :raises Stopped: after a signal; what is committed until then stays.
        :raises StartError: when the model cannot be loaded.
        """
        work = [step for step in steps if step.action in ("predict", "replace")]
        done = sum(step.action == "skip" for step in steps)
        self._say(f"{len(steps)} partitions, {done} done before, {len(work)} to predict")
        self.outcomes["skipped"] += done
        for step in steps:
            if step.action in ("refuse", "fail"):
                self._tell(step, "refused" if step.action == "refuse" else "failed", step.why)
        if work:
            # With the model come the libraries that it needs: seconds that a run without work need not spend.
            from .model import BatchModel
            from .run import Run

            run = Run(self._settings, self.source, self.target, BatchModel(self._settings.model), self._check)
        for step in work:
            self._check()
            self._predict(run, step)
        for step in steps:
            if step.action != "fail":
                self._tidy(step)
        if self.outcomes["refused"]:
            self._say("BATCH_AGAIN=replace predicts the refused partitions again")
        return FAILED if self.outcomes["failed"] else REFUSED if self.outcomes["refused"] else DONE

    def summary(self, seconds: float) -> dict[str, Any]:
        """What came of it, for a program."""
        names = ("predicted", "replaced", "skipped", "lost", "refused", "failed")
        told = {name: self.outcomes[name] for name in names}
        return {"partitions": told, "rows": self.rows, "rejected": self.rejected, "seconds": round(seconds, 3)}

    def _predict(self, run: "Run", step: Step) -> None:
        began = time.monotonic()
        try:
            result = run.predict(step)
        except (PartitionFailed, StoreFailed) as error:
            self._tell(step, "failed", str(error))
            return
        seconds = time.monotonic() - began
        self._count(result)
        words = (
            "another run was faster" if result.outcome == "lost" else f"{result.rows} rows, {result.rejected} of them rejected"
        )
        self._tell(step, result.outcome, f"{words}, {seconds:.1f} s, {result.rows / max(seconds, 1e-9):.0f} rows/s")

    def _count(self, result: "Result") -> None:
        self.rows += result.rows
        self.rejected += result.rejected

    def _tell(self, step: Step, outcome: str, words: str) -> None:
        self.outcomes[outcome] += 1
        self._say(f"{step.partition.label} {outcome}: {words}")

    def _tidy(self, step: Step) -> None:
        self._check()
        try:
            count = remove_orphans(self.target, step.partition, self._settings.orphan_seconds)
        except (PartitionFailed, StoreFailed) as error:
            self._say(f"{step.partition.label}: files of ended runs stay: {error}")
            return
        if count:
            self._say(f"{step.partition.label}: {count} files of ended runs removed")
