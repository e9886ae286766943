"""Signatures with arrays, objects and maps inside a column, or made from type hints: MLflow's own code checks their requests."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .errors import CallerError, StartError


class NestedInput:
    """Slower than the plain signatures, and as exact as MLflow is."""

    enforces = False

    def __init__(self, metadata: Any) -> None:
        self._schema = metadata.get_input_schema()
        self._hints = bool(metadata._is_signature_from_type_hint())

    def from_form(self, form: str, value: Any) -> Any:
        """See `InputSignature.from_form`."""
        from mlflow.models import validate_schema
        from mlflow.pyfunc.scoring_server import infer_and_parse_data

        if self._hints:
            if form != "inputs":
                raise CallerError(
                    f"The model's signature comes from type hints, so the input form must be 'inputs', got {form!r}."
                )
            if not value:
                raise CallerError("The request has no rows.")
            return value
        try:
            data = infer_and_parse_data({form: value}, self._schema)
            if len(data) == 0:
                raise CallerError("The request has no rows.")
            validate_schema(data, self._schema)
        except CallerError:
            raise
        except Exception as error:
            # Whatever fails here has seen the request alone, and no model.
            raise CallerError(sentence(error)) from None
        return data

    def from_csv(self, header: list[str], rows: list[list[str]]) -> Any:  # noqa: ARG002
        """See `InputSignature.from_csv`."""
        raise CallerError("The model's signature has columns that CSV cannot hold: send application/json.", 415)

    def from_arrays(self, arrays: Mapping[str, np.ndarray[Any, Any]]) -> Any:  # noqa: ARG002
        """See `InputSignature.from_arrays`."""
        raise CallerError("The model's signature has columns that are no tensors: use /invocations.")

    def example(self) -> Any:
        """See `InputSignature.example`."""
        raise StartError(
            "The model's signature is too rich to make an example from it: log the model again with an input example"
        )


def sentence(error: Exception) -> str:
    """The last sentence of a long message of MLflow, where it says what is wrong."""
    text = " ".join(str(getattr(error, "message", error)).split())
    text = text.rsplit("Error: ", 1)[-1].strip(" .") or type(error).__name__
    return f"The request does not fit the model's signature: {text if len(text) <= 300 else text[:297] + '...'}."
