"""The variables of a batch, as docs/model-server.md lists them."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from model_server.errors import StartError
from model_server.settings import WRONG_VARIABLE
from model_server.settings import Settings as ModelSettings
from model_server.settings import read_settings as read_model_settings

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

    def place(name: str) -> str:
        value = variables.get(name, "")
        if not re.fullmatch(_PLACE, value):
            raise _wrong(name, "s3://<bucket>/<prefix>/ or an absolute path of a folder", value)
        return value.rstrip("/")

    def whole(name: str, default: int, least: int, most: int) -> int:
        value = variables.get(name, "").strip() or str(default)
        if not re.fullmatch(r"[0-9]{1,18}", value) or not least <= int(value) <= most:
            raise _wrong(name, f"a whole number from {least} to {most}", value)
        return int(value)

    share = variables.get("BATCH_MAX_REJECTED_SHARE", "").strip() or str(Settings.rejected_share)
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,30})?([eE]-?[0-9]{1,3})?", share) or not 0 <= float(share) <= 1:
        raise _wrong("BATCH_MAX_REJECTED_SHARE", "a number from 0 to 1", share)
    again = variables.get("BATCH_AGAIN", "")
    if again not in ("", "replace"):
        raise _wrong("BATCH_AGAIN", "'replace' or nothing", again)
    own = {name: variables[name] for name in ("MODEL_NAME", "MODEL_VERSION", "MODEL_SHA256") if name in variables}
    completions = whole("BATCH_COMPLETIONS", 1, 1, 100_000)
    settings = Settings(
        model=read_model_settings({"MODEL_DIR": variables.get("MODEL_DIR", "/models"), **own}),
        input=place("BATCH_INPUT"),
        output=place("BATCH_OUTPUT"),
        partitions=variables.get("BATCH_PARTITIONS", "") or Settings.partitions,
        rows=whole("BATCH_ROWS", Settings.rows, 1, 10_000_000),
        keep=_names("BATCH_KEEP", variables.get("BATCH_KEEP", "")),
        again=again == "replace",
        rejected_share=float(share),
        orphan_seconds=whole("BATCH_ORPHAN_SECONDS", Settings.orphan_seconds, 10, 10**9),
        index=whole("JOB_COMPLETION_INDEX", 0, 0, completions - 1),
        completions=completions,
    )
    if f"{settings.input}/".startswith(f"{settings.output}/") or f"{settings.output}/".startswith(f"{settings.input}/"):
        raise _wrong("BATCH_OUTPUT", f"outside of BATCH_INPUT ({settings.input})", settings.output)
    return settings


def _names(variable: str, value: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in value.split(",")) if value.strip() else ()
    if "" in names or len(set(names)) != len(names):
        raise _wrong(variable, "names of columns with commas between them, each once", value)
    return names


def _wrong(name: str, rule: str, value: str) -> StartError:
    return StartError(
        f"{name} must be {rule}, got {value[:200]!r}" if value else f"{name} must be {rule}, got nothing", WRONG_VARIABLE
    )
