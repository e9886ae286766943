"""The variables of a batch, as docs/model-server.md lists them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from model_server.settings import Settings as ModelSettings
from model_server.settings import model_settings
from model_server.variables import Variables, wrong

_PLACE = r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^?#\x00-\x1f]*)?|/[^\x00-\x1f]+"


@dataclass(frozen=True)
class Settings:
    """What the environment says, checked."""

    model: ModelSettings
    """The model: `MODEL_DIR`, `MODEL_NAME`, `MODEL_VERSION`, `MODEL_SHA256`."""
    input: str
    """Folder or S3 prefix of the table, without a slash at its end, `BATCH_INPUT`."""
    output: str
    """Folder or S3 prefix of the results, without a slash at its end, `BATCH_OUTPUT`."""
    partitions: str = "*"
    """Only partitions whose path fits this pattern, in which `*` also stands for `/`, `BATCH_PARTITIONS`."""
    rows: int = 10_000
    """Rows of one call of the model, `BATCH_ROWS`."""
    keep: tuple[str, ...] = ()
    """Columns of the input that come with each prediction; none means all that are no input of the model, `BATCH_KEEP`."""
    again: bool = False
    """Partitions that were predicted from other files or by another version are predicted again, `BATCH_AGAIN=replace`."""
    rejected_share: float = 0.01
    """Largest share of a partition's rows on which the model may fail, 0 to 1, `BATCH_MAX_REJECTED_SHARE`."""
    orphan_seconds: int = 86_400
    """Age from which files of a run that ended too early are removed, `BATCH_ORPHAN_SECONDS`."""
    index: int = 0
    """Number of this pod, `JOB_COMPLETION_INDEX`, which Kubernetes sets."""
    completions: int = 1
    """Number of pods that share the partitions, `BATCH_COMPLETIONS`."""


def read_settings(variables: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the variables.

    :raises StartError: names the variable, its value and what it must be.
    """
    read = Variables(variables)

    def place(name: str) -> str:
        return read.text(name, _PLACE, "s3://<bucket>/<prefix>/ or an absolute path of a folder").rstrip("/")

    completions = read.whole("BATCH_COMPLETIONS", 1, 1, 100_000)
    settings = Settings(
        model=model_settings({"MODEL_DIR": "/models", **variables}),
        input=place("BATCH_INPUT"),
        output=place("BATCH_OUTPUT"),
        partitions=variables.get("BATCH_PARTITIONS", "") or Settings.partitions,
        rows=read.whole("BATCH_ROWS", Settings.rows, 1, 10_000_000),
        keep=read.names("BATCH_KEEP", "columns"),
        again=read.text("BATCH_AGAIN", "|replace", "'replace' or nothing", "") == "replace",
        rejected_share=read.number("BATCH_MAX_REJECTED_SHARE", Settings.rejected_share, 0, 1),
        orphan_seconds=read.whole("BATCH_ORPHAN_SECONDS", Settings.orphan_seconds, 10, 10**9),
        index=read.whole("JOB_COMPLETION_INDEX", 0, 0, completions - 1),
        completions=completions,
    )
    source, target = (f"{_whole(each)}/" for each in (settings.input, settings.output))
    if source.startswith(target) or target.startswith(source):
        raise wrong("BATCH_OUTPUT", f"outside of BATCH_INPUT ({settings.input})", settings.output)
    return settings


def _whole(place: str) -> str:
    """A place in one spelling: links and `..` of a folder are followed."""
    return place if place.startswith("s3://") else os.path.realpath(place)
