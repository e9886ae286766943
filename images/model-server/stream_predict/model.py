"""The model, for the records of a stream."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from model_server.answers import json_of
from model_server.columns import shown
from model_server.errors import CallerError, ModelFailure, first_line, one_line
from model_server.frame_model import MOMENT, SINGLE, VERSION, FrameModel, outputs_of
from model_server.settings import Settings
from model_server.variables import wrong

from .dead_letters import MODEL, NOT_JSON, SCHEMA, TOO_LARGE, Unfit
from .records import Record

RECORD_ID = "record_id"
"""Field of a prediction that names its record."""
_KPL = b"\xf3\x89\x9a\xc2"
"""First bytes of several records that Amazon's producer library has put into one (KPL, "Aggregation format")."""


@dataclass(frozen=True, slots=True)
class Row:
    """A record that fits the model."""

    record: Record
    fields: dict[str, Any]
    """Its JSON."""
    kept: dict[str, Any]
    """What stands beside its prediction."""


class RowModel(FrameModel):
    """See `FrameModel`."""

    def __init__(self, settings: Settings, keep: Sequence[str], most_bytes: int) -> None:
        """Load it.

        :param keep: fields that stand beside each prediction; none means all that are no input of the model.
        :param most_bytes: largest record of the source and of an output, its key included.
        """
        super().__init__(settings)
        self._keep = keep
        self._most = most_bytes
        self.own_fields = {RECORD_ID, VERSION, MOMENT, *(self.outputs or [SINGLE])}
        """Fields that a prediction has of its own."""
        if self.own_fields & set(keep):
            rule = f"names of fields other than those that a prediction has of its own ({', '.join(sorted(self.own_fields))})"
            raise wrong("STREAM_KEEP", rule, ",".join(keep))

    def row(self, record: Record) -> Row:
        """What a record says.

        :raises Unfit: when it is none that the model takes.
        """
        if _bytes_of(record, record.value) > self._most:
            raise Unfit(
                TOO_LARGE, f"it has {_bytes_of(record, record.value)} bytes with its key, and at most {self._most} are taken"
            )
        try:
            fields = orjson.loads(record.value)
        except orjson.JSONDecodeError as error:
            several = ": it is several records in one, as KPL writes them" if record.value.startswith(_KPL) else f": {error}"
            raise Unfit(NOT_JSON, f"it is no JSON{several}") from None
        if type(fields) is not dict:
            raise Unfit(SCHEMA, f"it must be an object with a value for each column, got {shown(fields)}")
        return Row(record, fields, self._kept(fields))

    def frame(self, rows: Sequence[Row]) -> Any:
        """What the model takes.

        :raises Unfit: when a row does not fit its signature.
        """
        try:
            return self.columns.from_records([row.fields for row in rows])
        except CallerError as error:
            raise Unfit(SCHEMA, error.message.rstrip(".")) from None

    def predicted(self, rows: Sequence[Row], frame: Any) -> tuple[list[bytes], dict[str, list[Any]]]:
        """The predictions of rows as they are written, and the same by output.

        :raises Unfit: when the model failed on them, or answered what cannot be written.
        """
        try:
            outputs = outputs_of(self.answer(frame), self.outputs)
            columns = {name: values.tolist() if hasattr(values, "tolist") else list(values) for name, values in outputs.items()}
        except ModelFailure as failure:
            raise Unfit(MODEL, first_line(failure)) from None
        except SystemExit as error:
            raise Unfit(MODEL, f"it ended the process with {error.code!r}") from None
        except (TypeError, ValueError) as error:
            raise Unfit(MODEL, one_line(error)) from None
        for values in columns.values():
            if len(values) != len(rows):
                raise Unfit(MODEL, f"the model answered {len(values)} rows to {len(rows)}")
        moment = datetime.now(UTC).isoformat(timespec="microseconds")
        return [
            self._body(row, dict(zip(columns, each, strict=True)), moment)
            for row, each in zip(rows, zip(*columns.values(), strict=True), strict=True)
        ], columns

    def _body(self, row: Row, outputs: dict[str, Any], moment: str) -> bytes:
        try:
            body = json_of({RECORD_ID: row.record.id, **row.kept, **outputs, VERSION: self.version, MOMENT: moment})
        except (TypeError, ValueError) as error:
            raise Unfit(MODEL, f"the model answered what JSON cannot hold: {one_line(error)}") from None
        size = _bytes_of(row.record, body)
        if size > self._most:
            raise Unfit(
                TOO_LARGE, f"its prediction has {size} bytes with its key, and at most {self._most} are written: set STREAM_KEEP"
            )
        return body

    def _kept(self, fields: dict[str, Any]) -> dict[str, Any]:
        names = self._keep or [name for name in fields if name not in self.inputs]
        for name in names:
            if name not in fields:
                raise Unfit(SCHEMA, f"it lacks the field {name!r}, which STREAM_KEEP names")
            if name in self.own_fields:
                raise Unfit(
                    SCHEMA, f"it has the field {name[:60]!r}, which a prediction has of its own: leave it out of STREAM_KEEP"
                )
        return {name: fields[name] for name in names}


def _bytes_of(record: Record, body: bytes) -> int:
    return len(body) + len(record.key or b"")
