"""Records that cannot be predicted: why, and what is written about them."""

import base64
from datetime import UTC, datetime

from model_server.answers import json_of

from .records import Outcome, Record

NOT_JSON, SCHEMA, TOO_LARGE, MODEL, CRASH = "not_json", "schema", "too_large", "model", "crash"
REASONS = (NOT_JSON, SCHEMA, TOO_LARGE, MODEL, CRASH)
"""No JSON; not what the model's signature takes; itself or its prediction too large; the model failed; it ended the process."""

SHOWN_BYTES = 64 * 1024
"""A dead letter has the first bytes of key and value, so that it is never too large itself."""


class Unfit(Exception):
    """A record cannot be predicted."""

    def __init__(self, reason: str, message: str) -> None:
        """Make one.

        :param reason: one of `REASONS`.
        """
        super().__init__(message)
        self.reason = reason


def dead_letter(record: Record, unfit: Unfit, version: str, most_bytes: int) -> Outcome:
    """The dead letter of a record.

    :param most_bytes: largest record of an output.
    """
    shown = min(SHOWN_BYTES, most_bytes // 4)
    body = {
        "record_id": record.id,
        "reason": unfit.reason,
        "message": str(unfit),
        "stream": record.stream,
        "partition": record.partition,
        "offset": record.offset,
        "received_at": datetime.fromtimestamp(record.at, UTC).isoformat(timespec="milliseconds"),
        "key": None if record.key is None else base64.b64encode(record.key[:shown]).decode(),
        "value": base64.b64encode(record.value[:shown]).decode(),
        "value_bytes": len(record.value),
        "model_version": version,
        "failed_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }
    return Outcome(record, json_of(body), unfit.reason)
