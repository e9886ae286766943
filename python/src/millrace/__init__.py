"""Records of six parts for MLflow: data, features, code, parameters, metrics, and a model with its signature.

with millrace.record("fraud", data=millrace.files("transactions", "data"), features="transactions 7") as run:
    ...  # mlflow.log_params, mlflow.log_metric("test_auc", …), mlflow.sklearn.log_model(…, input_example=…)
run.register()
"""

from .data import Data, files
from .errors import IncompleteRecord, MillraceError, TrackingFailed, WrongArgument
from .parts import Missing, missing_parts
from .recording import Recording, record
from .registry import Registered, register

__all__ = [
    "Data",
    "IncompleteRecord",
    "MillraceError",
    "Missing",
    "Recording",
    "Registered",
    "TrackingFailed",
    "WrongArgument",
    "files",
    "missing_parts",
    "record",
    "register",
]
