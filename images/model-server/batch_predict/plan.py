"""What a run will do with each partition, decided before the first prediction."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from .errors import PartitionFailed, StoreFailed
from .manifest import Manifest, read_manifest
from .partitions import Partition, fingerprint
from .settings import Settings
from .stores import Store

Action = Literal["predict", "replace", "skip", "refuse", "fail"]


@dataclass(frozen=True)
class Step:
    """One partition of a plan."""

    action: Action
    partition: Partition
    why: str = ""
    """Of `replace`, `refuse` and `fail`: a sentence without its subject and its full stop."""
    manifest: Manifest | None = None
    """What is committed now."""

    def told(self) -> str:
        """A line of `--dry-run`."""
        size = sum(file.size for file in self.partition.files)
        files = f"{len(self.partition.files)} files, {size} bytes"
        return f"{self.action:8}{self.partition.label}  ({files}){': ' + self.why if self.why else ''}"


def planned(partitions: Iterable[Partition], source: Store, target: Store, settings: Settings) -> Iterator[Step]:
    """A step for each partition. Files are compared only where something is committed."""
    for partition in partitions:
        try:
            yield _step(partition, source, target, settings)
        except (PartitionFailed, StoreFailed) as error:
            yield Step("fail", partition, str(error))


def _step(partition: Partition, source: Store, target: Store, settings: Settings) -> Step:
    manifest = read_manifest(target, partition)
    if manifest is None:
        return Step("predict", partition)
    other = manifest.other([fingerprint(source, entry) for entry in partition.files], settings)
    if other is None:
        return Step("skip", partition, manifest=manifest)
    return Step("replace" if settings.again else "refuse", partition, other, manifest)
