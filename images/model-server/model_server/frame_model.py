"""The model as the server loads it, for programs that bring rows with named columns and have no request to answer."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from .columns import Column
from .errors import StartError
from .metrics import Metrics
from .model import MlflowModel
from .settings import Settings
from .signature import FrameInput
from .work import Work

SINGLE = "prediction"
"""Name of the output of a model that has only one."""
VERSION, MOMENT = "model_version", "predicted_at"
"""What stands beside every prediction: the version of the model, and the time of the call in UTC."""


class FrameModel:
    """One version of a model, loaded, after it has answered its own example.

    :raises StartError: says why it cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        metrics = Metrics(settings)
        self._model = MlflowModel(settings, metrics, Work(settings, metrics))
        self._model.load()
        signature = self._model.signature
        if not isinstance(signature, FrameInput) or signature.columns.names is None:
            raise StartError(
                "The model's signature has no plain columns with names, as a table has: log it with a data frame as input example"
            )
        self.columns = signature.columns
        self.predictions = metrics.predictions
        """How its predictions are distributed, for metrics."""
        self.version = settings.version
        self.inputs: dict[str, Column] = {str(column.name): column for column in signature.columns.columns}
        self.outputs: list[str] = [name for name in self._model.output_names if name is not None]
        """Names of its outputs, where the signature has several."""
        if len(self.outputs) == 1:
            self.outputs = []

    def checked(self, columns: Mapping[str, Any]) -> Any:
        """The columns as the model takes them.

        :raises CallerError: names the column and the row that do not fit the signature.
        """
        return self.columns.from_columns(columns)

    def answer(self, data: Any) -> Any:
        """The predictions.

        :raises ModelFailure: when the model raised, or answered NaN or infinity where its signature requires a value.
        """
        return self._model.answer(data)


def outputs_of(prediction: Any, names: Sequence[str]) -> dict[str, Any]:
    """What a model answered, by output; `prediction` where there is only one.

    :param names: outputs of the signature, where it has several.
    :raises ValueError: when the model answered other outputs.
    """
    outputs = _named(prediction, names)
    if len(outputs) == 1:
        outputs = {SINGLE: next(iter(outputs.values()))}
    if names and set(outputs) != set(names):
        raise ValueError(f"the model answered the outputs {sorted(outputs)}, and its signature names {sorted(names)}")
    return outputs


def _named(prediction: Any, names: Sequence[str]) -> dict[str, Any]:
    if isinstance(prediction, pd.DataFrame | dict):
        return {str(name): values for name, values in prediction.items()}
    if isinstance(prediction, np.ndarray) and prediction.ndim == 2 and prediction.shape[1] == (len(names) or 1):
        return dict(zip(names or [SINGLE], prediction.T, strict=True))
    return {SINGLE: prediction}
