"""The record of a version that was brought from another environment: its run is there, and its record stands in its own tags."""

import json
from collections.abc import Mapping
from typing import Any, Final

from .parts import DATA_TAG, DIGEST_LENGTH, Record

PARAMETERS_TAG: Final = "millrace.parameters"
"""Tag of a version: parameters of its run, an object in JSON."""
METRICS_TAG: Final = "millrace.metrics"
"""Tag of a version: metrics of its run by their names there, an object in JSON."""
SIGNATURE_TAG: Final = "millrace.signature"
"""Tag of a version: the signature in its file `MLmodel`, an object in JSON."""


def record_in_tags(tags: Mapping[str, str]) -> Record:
    """The record that stands in the tags of a version; what is no JSON is no part.

    Data, features and code have the tags that they have in a run. That the data were inputs of the run was seen where the run is.
    """
    named = [each.rpartition("@") for each in tags.get(DATA_TAG, "").split(", ")]
    signature = _object(tags.get(SIGNATURE_TAG))
    return {
        "tags": tags,
        "params": {name: str(value) for name, value in _object(tags.get(PARAMETERS_TAG)).items()},
        "metrics": {name: value for name, value in _object(tags.get(METRICS_TAG)).items() if isinstance(value, float)},
        "datasets": [{"name": name, "digest": version[:DIGEST_LENGTH]} for name, _, version in named],
        "model": {"signature": signature} if signature else None,
    }


def _object(text: str | None) -> dict[str, Any]:
    try:
        # An integer is a metric, too; one that is too long is infinite, and refused as such.
        read = json.loads(text or "", parse_int=float)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}
