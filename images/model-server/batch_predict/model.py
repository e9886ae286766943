"""The model, for the rows of a table."""

from model_server.frame_model import MOMENT, SINGLE, VERSION, FrameModel
from model_server.settings import Settings

ERROR = "prediction_error"
"""Column of rejected rows, in place of the predictions."""


class BatchModel(FrameModel):
    """See `FrameModel`."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.own_columns = {VERSION, MOMENT, ERROR, *(self.outputs or [SINGLE])}
        """Columns that the output has of its own."""
