"""The manifest of a partition: the only thing that makes results visible. docs/model-server.md shows one."""

import json
from dataclasses import dataclass
from typing import Any

from .errors import PartitionFailed
from .partitions import Partition
from .settings import Settings
from .stores import Store

NAME = "_manifest.json"
FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """A manifest that was read."""

    told: dict[str, Any]
    tag: str
    """Of the file that it was read from; to replace exactly that one."""

    @property
    def run(self) -> str:
        """The run that wrote it."""
        return str(self.told["run"])

    @property
    def files(self) -> set[str]:
        """Paths of all its files, below the folder of the partition."""
        return {str(file["path"]) for file in (*self.told["outputs"], *self.told["rejected"])}

    def other(self, inputs: list[dict[str, object]], settings: Settings) -> str | None:
        """In what it differs from what this run would predict, as a part of a sentence."""
        model = self.told["model"]
        now = settings.model
        if (model["name"], model["version"]) != (now.name, now.version):
            return f"was predicted by {model['name']} {model['version']}, and this is {now.name} {now.version}"
        if model["sha256"] != now.sha256:
            return f"was predicted by other files of {now.name} {now.version} (sha256 {model['sha256']})"
        if self.told["inputs"] != inputs:
            return "was predicted from other input files"
        return None


def read_manifest(store: Store, partition: Partition) -> Manifest | None:
    """The manifest of a partition, or None where nothing is committed.

    :raises PartitionFailed: when the file is none of ours.
    """
    path = partition.below(NAME)
    found = store.read(path)
    if found is None:
        return None
    try:
        told = json.loads(found[0])
        manifest = Manifest(told, found[1])
        complete = told["format"] == FORMAT and manifest.run and {"name", "version", "sha256"} <= told["model"].keys()
        complete = complete and isinstance(manifest.files, set) and isinstance(told["inputs"], list) and told["generation"] > 0
    except (ValueError, KeyError, TypeError, AttributeError):
        complete = False
    if not complete:
        raise PartitionFailed(f"{store.name}/{path} is no manifest of batch-predict: look who wrote it, and remove it")
    return manifest


def written(told: dict[str, Any]) -> bytes:
    """A manifest as its file holds it."""
    return (json.dumps(told, indent=2) + "\n").encode()
