"""The signature of plain columns agrees with MLflow's own enforcement, for requests that hypothesis makes."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from model_server.errors import CallerError
from model_server.kinds import LARGEST
from model_server.requests import input_of
from model_server.signature import input_signature

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "double": st.floats(-LARGEST, LARGEST, width=64),
    "float": st.floats(-(2.0**99), 2.0**99, width=32),
    "long": st.integers(-(2**63), 2**63 - 1),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "boolean": st.booleans(),
    "string": st.text(st.characters(exclude_categories=["Cs"])),
    # Always with a fraction: MLflow takes one form in a column, that of its first row.
    "datetime": st.datetimes(min_value=pd.Timestamp("1700-01-01"), max_value=pd.Timestamp("2200-01-01")).map(
        lambda at: at.isoformat(timespec="microseconds")
    ),
    "binary": st.binary().map(lambda data: __import__("base64").b64encode(data).decode()),
}


class Metadata:
    """What `input_signature` reads of a model."""

    def __init__(self, kinds: list[str]) -> None:
        from mlflow.types import ColSpec, Schema

        self.schema = Schema([ColSpec(kind, f"c{index}") for index, kind in enumerate(kinds)])

    def get_input_schema(self) -> Any:
        return self.schema

    def _is_signature_from_type_hint(self) -> bool:
        return False


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[Any]]]:
    kinds = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=6))
    if draw(st.booleans()):
        kinds = [kinds[0]] * len(kinds)
    return kinds, draw(st.lists(st.tuples(*(VALUES[kind] for kind in kinds)).map(list), min_size=1, max_size=4))


@settings(max_examples=150, deadline=None)
@given(tables())
def test_valid_requests_become_the_frame_that_mlflow_makes(table: tuple[list[str], list[list[Any]]]) -> None:
    from mlflow.models.utils import _enforce_schema
    from mlflow.pyfunc.scoring_server import infer_and_parse_data

    kinds, rows = table
    metadata = Metadata(kinds)
    signature = input_signature(metadata)
    split = {"dataframe_split": {"columns": metadata.schema.input_names(), "data": rows}}
    ours, _ = input_of(json.dumps(split).encode(), "application/json", signature)
    theirs = _enforce_schema(infer_and_parse_data(json.loads(json.dumps(split)), metadata.schema), metadata.schema)
    pd.testing.assert_frame_equal(ours, theirs, check_exact=True)
    names = metadata.schema.input_names()
    records = {"dataframe_records": [dict(zip(names, row, strict=True)) for row in rows]}
    pd.testing.assert_frame_equal(ours, input_of(json.dumps(records).encode(), "application/json", signature)[0])
    columns = {"inputs": {name: [row[index] for row in rows] for index, name in enumerate(names)}}
    pd.testing.assert_frame_equal(ours, input_of(json.dumps(columns).encode(), "application/json", signature)[0])


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["c0", "c1", "columns", "data"]), inner, max_size=3)
    ),
    max_leaves=20,
)
FORM = st.sampled_from(["dataframe_split", "dataframe_records", "instances", "inputs"])


@settings(max_examples=400, deadline=None)
@example(["double", "binary"], "instances", {"c0": False, "c1": [None]})
@given(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=2), FORM, ANYTHING)
def test_any_other_json_is_refused_or_fits(kinds: list[str], form: str, value: Any) -> None:
    metadata = Metadata(kinds)
    try:
        body = json.dumps({form: value}).encode()
        frame, _ = input_of(body, "application/json", input_signature(metadata))
    except CallerError as error:
        assert error.message.endswith(".")
        assert 400 <= error.status < 500
        return
    assert list(frame.columns) == metadata.schema.input_names()
    assert len(frame) > 0


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60), st.sampled_from(["application/json", "text/csv"]))
def test_any_bytes_are_refused(body: bytes, kind: str) -> None:
    with pytest.raises(CallerError):
        input_of(body, kind, input_signature(Metadata(["double", "string"])))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([np.float32, np.float64, np.int64, np.bool_]),
    st.lists(st.sampled_from([-1, 1, 2, 3]), min_size=1, max_size=3),
    ANYTHING,
)
def test_tensors_take_what_fits(dtype: Any, shape: list[int], value: Any) -> None:
    from mlflow.types import Schema, TensorSpec

    metadata = Metadata(["double"])
    metadata.schema = Schema([TensorSpec(np.dtype(dtype), shape)])
    try:
        array, _ = input_of(json.dumps({"inputs": value}).encode(), "application/json", input_signature(metadata))
    except CallerError as error:
        assert error.message.endswith(".")
        return
    assert array.dtype == dtype
    assert all(want in (-1, got) for want, got in zip(shape, array.shape, strict=True))
    assert np.isfinite(array).all()
