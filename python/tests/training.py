"""What the tests train: a model of two columns."""

from typing import Any

import mlflow
import mlflow.sklearn
import pandas as pd
from sklearn.linear_model import LogisticRegression

import millrace

COMMIT = "c" * 40
ROWS = pd.DataFrame({"amount": [1.0, 2.0, 30.0, 40.0], "age": [9.0, 8.0, 2.0, 1.0]})
LABELS = [0, 0, 1, 1]
DATA = millrace.Data("transactions", "2026-11-20", "s3://data/validated/transactions")
FEATURES = "transactions 7"
METRICS = {"validation_auc": 0.9, "test_auc": 0.91}
SIGNED = {"input_example": ROWS.head(2)}


def fitted() -> LogisticRegression:
    return LogisticRegression().fit(ROWS, LABELS)


def log_model(name: str = "model", **how: Any) -> None:
    """Log a model; its packages are given, because looking for them takes MLflow a process of its own."""
    mlflow.sklearn.log_model(
        fitted(), name=name, pip_requirements=["scikit-learn"], serialization_format="skops", **(how or SIGNED)
    )


def log_all() -> None:
    """Log what a block logs by itself: parameters, metrics and the model."""
    mlflow.log_params({"C": 1.0})
    mlflow.log_metrics(METRICS)
    log_model()


def recorded(model: str, **arguments: Any) -> millrace.Recording:
    """A run with a complete record."""
    with millrace.record(model, **{"data": DATA, "features": FEATURES, "code": COMMIT, **arguments}) as run:
        log_all()
    return run
