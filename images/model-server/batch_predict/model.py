"""The model as the server loads it, for the rows of a table."""

from collections.abc import Mapping
from typing import Any

from model_server.columns import Column
from model_server.errors import StartError
from model_server.metrics import Metrics
from model_server.model import MlflowModel
from model_server.settings import Settings
from model_server.signature import FrameInput
from model_server.work import Work

VERSION, MOMENT, SINGLE, ERROR = "model_version", "predicted_at", "prediction", "prediction_error"
"""Columns that the output has of its own: `prediction` where the model has one output, `prediction_error` of rejected rows."""


class BatchModel:
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
        self._columns = signature.columns
        self.version = settings.version
        self.inputs: dict[str, Column] = {str(column.name): column for column in signature.columns.columns}
        self.outputs: list[str] = [name for name in self._model.output_names if name is not None]
        """Names of its outputs, where the signature has several."""
        if len(self.outputs) == 1:
            self.outputs = []
        self.own_columns = {VERSION, MOMENT, ERROR, *(self.outputs or [SINGLE])}

    def checked(self, columns: Mapping[str, Any]) -> Any:
        """The columns as the model takes them.

        :raises CallerError: names the column and the row that do not fit the signature.
        """
        return self._columns.from_columns(columns)

    def answer(self, data: Any) -> Any:
        """The predictions.

        :raises ModelFailure: when the model raised, or answered NaN or infinity where its signature requires a value.
        """
        return self._model.answer(data)
