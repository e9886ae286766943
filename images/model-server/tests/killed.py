"""A batch inside the process of the test, which a test can kill between two steps."""

from collections.abc import Callable
from typing import Any

from batch_predict.batch import Batch
from batch_predict.settings import Settings, read_settings
from batch_predict.stores.folder import Folder

from .batch import Table


class Killed(BaseException):
    """What nothing catches, as nothing catches a SIGKILL."""


def fill(table: Table) -> None:
    """Two partitions with three files, two rejected rows and, as the files are so small, several files of output."""
    table.put("day=1/a.parquet", id=[1, 2, 3], value=[1.0, -2.0, 3.0])
    table.put("day=1/b.parquet", id=[4, 5], value=[4.0, 5.0])
    table.put("day=2/a.parquet", id=[6, 7], value=[6.0, -7.0])


def settings_of(table: Table, **more: Any) -> Settings:
    return read_settings(table.variables(BATCH_ROWS=2, BATCH_MAX_REJECTED_SHARE="0.5", **more))


def go(settings: Settings, store: Callable[[str], Any] = Folder, check: Callable[[], None] = lambda: None) -> Batch:
    batch = Batch(settings, lambda _: None, check)
    batch.target = store(settings.output)
    batch.run(batch.plan())
    return batch


def all_ids(table: Table) -> list[int]:
    """What is visible, in all partitions."""
    frames = [table.read(day, kind) for day in table.manifests() for kind in ("outputs", "rejected")]
    return sorted(int(number) for frame in frames if len(frame) for number in frame["id"])
