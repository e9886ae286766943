"""Between the tensors of the Open Inference Protocol and those of numpy."""

import math
import uuid
from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from kserve.utils.numpy_codec import from_np_dtype, to_np_dtype

from .answers import columns_of
from .errors import CallerError, ModelFailure
from .kserve_sdk import InferOutput, InferRequest, InferResponse

Array = np.ndarray[Any, Any]

_COLUMNS = {"double": "FP64", "float": "FP32", "long": "INT64", "integer": "INT32", "boolean": "BOOL"}
_LEAVES: Mapping[str, set[type]] = {"B": {bool}, "I": {int}, "U": {int}, "F": {int, float}}
"""Types of JSON that hold a datatype, by the first letter of its name. BYTES is text."""


def described(schema: Any) -> list[dict[str, Any]]:
    """A signature as the protocol's metadata shows it. What has no tensor is left out."""
    from mlflow.types import DataType, TensorSpec

    described = []
    for index, spec in enumerate(schema.inputs if schema is not None else []):
        name = spec.name if spec.name is not None else str(index)
        if isinstance(spec, TensorSpec):
            datatype = from_np_dtype(spec.type) or "BYTES"
            described.append({"name": name, "datatype": datatype, "shape": [int(length) for length in spec.shape]})
        elif isinstance(spec.type, DataType):
            described.append({"name": name, "datatype": _COLUMNS.get(spec.type.name, "BYTES"), "shape": [-1]})
    return described


def arrays_of(request: InferRequest) -> dict[str, Array]:
    """The inputs of a request by name.

    :raises CallerError: when an input has another type, shape or number of values than it says.
    """
    if not request.inputs:
        raise CallerError("The request has no inputs.")
    arrays: dict[str, Array] = {}
    for item in request.inputs:
        if item.name in arrays:
            raise CallerError(f"The request has the input {item.name!r} twice.")
        arrays[item.name] = _array(item)
    return arrays


def _array(item: Any) -> Array:
    shape = item.shape
    if any(type(length) is not int or length < 0 for length in shape) or len(shape) > 16:
        raise CallerError(f"The shape of the input {item.name!r} must be a list of whole numbers.")
    if to_np_dtype(item.datatype) is None:
        raise CallerError(f"The input {item.name!r} has the datatype {item.datatype[:20]!r}, which the protocol does not have.")
    if item._raw_data is None and isinstance(item.data, list):
        values: Any = item.data
        while values and type(values[0]) is list:
            if any(type(part) is not list for part in values):
                raise CallerError(
                    f"The data of the input {item.name!r} must be flat, or lists that are equally long at each level."
                )
            values = list(chain.from_iterable(values))
        leaves = {str, bytes} if item.datatype == "BYTES" else _LEAVES[item.datatype[0]]
        if not set(map(type, values)) <= leaves:
            raise CallerError(f"The data of the input {item.name!r} must be {item.datatype} and nothing else.")
        if len(values) != math.prod(shape):
            raise CallerError(f"The input {item.name!r} has {len(values)} values, and its shape says {math.prod(shape)}.")
        item.data = values
    try:
        array: Array = item.as_numpy()
    except Exception:
        # Only the request's own bytes are read here.
        raise CallerError(f"The data of the input {item.name!r} does not fit {item.datatype} and the shape {shape}.") from None
    return array


def response_of(request: InferRequest, prediction: Any, version: str) -> InferResponse:
    """What the model answered, a tensor for each output."""
    outputs = []
    columns = columns_of(prediction)
    for index, (name, values) in enumerate(columns):
        array = np.asarray(values)
        if array.dtype.kind in "US":
            array = array.astype(object)
        if array.dtype.kind == "O":
            array = np.array([_text(value) for value in array.ravel()], dtype=object).reshape(array.shape)
        elif array.dtype.kind == "M":
            array = np.array([pd.Timestamp(value).isoformat() for value in array.ravel()], dtype=object).reshape(array.shape)
        array = array.reshape(1) if array.ndim == 0 else array
        datatype = from_np_dtype(array.dtype)
        if datatype is None:
            raise ModelFailure(f"The model answered {array.dtype}, for which the Open Inference Protocol has no datatype.")
        output = InferOutput(name if name is not None else f"output-{index}", list(array.shape), datatype)
        output.set_data_from_numpy(array, binary_data=request.from_grpc and request.use_binary_outputs)
        outputs.append(output)
    return InferResponse(
        response_id=request.id or str(uuid.uuid4()),
        model_name=request.model_name,
        model_version=version,
        infer_outputs=outputs,
        requested_outputs=request.request_outputs,
        use_binary_outputs=request.use_binary_outputs,
    )


def _text(value: Any) -> Any:
    if isinstance(value, bytes):
        return value
    return value if isinstance(value, str) else "" if value is None else str(value)
