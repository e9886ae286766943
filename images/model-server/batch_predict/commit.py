"""The moment in which results become visible, and what is tidied up after it.

Before the manifest is written nothing of a run can be seen; afterwards everything can. So a kill between any two steps leaves
either no result or the whole one, and at most files that no manifest names. `remove_orphans` removes those later.
"""

import time
from typing import Any

from .errors import PartitionFailed
from .manifest import NAME, Manifest, read_manifest, written
from .partitions import Partition
from .parts import NAMES
from .stores import Store


def committed(store: Store, partition: Partition, told: dict[str, Any], before: Manifest | None) -> bool:
    """Write the manifest in place of the one that was there before. False: another run was faster.

    :raises StoreFailed: when nobody knows whether it was written; the files of the run must stay then.
    """
    path = partition.below(NAME)
    data = written(told)
    done = store.create(path, data) if before is None else store.replace(path, data, before.tag)
    if done:
        return True
    # The answer to a first try may have been lost, and its repetition has met our own manifest.
    now = read_manifest(store, partition)
    if now is None:
        raise PartitionFailed(f"{store.name}/{path} was removed while the partition was predicted")
    return bool(now.run == told["run"])


def remove_replaced(store: Store, partition: Partition, before: Manifest, told: dict[str, Any]) -> None:
    """Remove the files of the generation that was replaced."""
    stay = {file["path"] for file in (*told["outputs"], *told["rejected"])}
    for path in sorted(before.files - stay):
        if NAMES.fullmatch(path):
            store.remove(partition.below(path))


def remove_orphans(store: Store, partition: Partition, seconds: int) -> int:
    """Remove files of our names that are older than this and that no manifest names. Returns how many.

    The files are listed before the manifest is read, and a run commits only files that are younger than half of this age: so none
    that is listed here as old can be committed between the two steps.
    """
    eldest = time.time() - seconds
    start = len(partition.below(""))
    old = {entry.path[start:] for entry in store.list(partition.path) if entry.modified < eldest}
    old = {path for path in old if NAMES.fullmatch(path)}
    if not old:
        return 0
    manifest = read_manifest(store, partition)
    named = manifest.files if manifest is not None else set()
    for path in sorted(old - named):
        store.remove(partition.below(path))
    return len(old - named)
