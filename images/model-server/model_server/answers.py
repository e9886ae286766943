"""What a model answered: checked, and written as JSON."""

import base64
import math
from typing import Any

import numpy as np
import orjson
import pandas as pd

from .errors import ModelFailure

_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


def to_json(prediction: Any, optional: frozenset[str | None]) -> bytes:
    """`{"predictions": …}`, as MLflow's scoring protocol writes it.

    :param optional: outputs of the signature that may be missing, and so may be NaN; written as null.
    :raises ModelFailure: when the model answered NaN or infinity elsewhere, or something that JSON does not have.
    """
    check_finite(prediction, optional)
    if isinstance(prediction, pd.Series):
        prediction = pd.DataFrame(prediction)
    if isinstance(prediction, pd.DataFrame):
        prediction = prediction.to_dict(orient="records")
    elif isinstance(prediction, np.ndarray):
        plain = prediction.dtype.kind in "fiub" and prediction.dtype.itemsize <= 8
        prediction = np.ascontiguousarray(prediction) if plain else prediction.tolist()
    try:
        return json_of({"predictions": prediction})
    except (TypeError, ValueError) as error:
        raise ModelFailure(f"The model answered what JSON cannot hold ({type(prediction).__name__}): {error}.") from None


def json_of(value: Any) -> bytes:
    """JSON of what models answer: values of numpy and pandas, moments, bytes in base64; NaN is null.

    :raises TypeError: when it holds something else.
    """
    return orjson.dumps(value, default=_plain, option=_OPTIONS)


def check_finite(prediction: Any, optional: frozenset[str | None]) -> None:
    """See `to_json`."""
    for name, values in columns_of(prediction):
        if name not in optional and not _finite(values):
            where = f" in its output {name!r}" if name is not None else ""
            raise ModelFailure(f"The model answered NaN or infinity{where} to a request that its signature allows.")


def columns_of(prediction: Any) -> list[tuple[str | None, Any]]:
    """The outputs of a model by name; a single one has none."""
    if isinstance(prediction, pd.DataFrame):
        return [(str(name), prediction[name].to_numpy()) for name in prediction.columns]
    if isinstance(prediction, pd.Series):
        return [(None, prediction.to_numpy())]
    if isinstance(prediction, dict):
        return [(str(name), values) for name, values in prediction.items()]
    return [(None, prediction)]


def _finite(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "f":
            return bool(np.isfinite(value).all())
        return value.dtype.kind != "O" or all(map(_finite, value.ravel().tolist()))
    if isinstance(value, float | np.floating):
        return math.isfinite(value)
    if isinstance(value, list | tuple):
        return all(map(_finite, value))
    if isinstance(value, dict):
        return all(map(_finite, value.values()))
    return True


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"no {type(value).__name__} in JSON")
