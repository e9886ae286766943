"""What a tracking server is asked, and how its failures are told."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import mlflow
import requests
import yaml
from mlflow.entities import LoggedModel, LoggedModelStatus, Run
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from .errors import TrackingFailed, WrongArgument
from .parts import Record


@contextmanager
def answered(doing: str) -> Iterator[None]:
    """Tell failures of the server.

    :param doing: what was asked of it, as the end of "the tracking server must …".
    :raises TrackingFailed: in place of MLflow's own errors.
    """
    try:
        yield
    except (MlflowException, requests.RequestException) as error:
        raise failure(error, doing) from error


def failure(error: Exception, doing: str) -> TrackingFailed:
    """An error of MLflow in the words of this package."""
    said = " ".join(str(error).split())[:300]
    return TrackingFailed(f"the tracking server {mlflow.get_tracking_uri()} must {doing}, it says: {said}")


def is_gone(error: BaseException) -> bool:
    """Whether the server gave no answer, or one that says it is not there: after as many tries as MLflow's variables say."""
    gone = isinstance(error, MlflowException) and any(
        part in str(error) for part in ("failed with exception", "failed with timeout", "error code 502", "error code 503")
    )
    return gone or isinstance(error, (requests.ConnectionError, requests.Timeout))


def read(run: Run, model: LoggedModel | None) -> Record:
    """What the server knows about a run and a model of it.

    :raises TrackingFailed: when the file `MLmodel` of the model cannot be read.
    """
    return record_of(run, None if model is None else _description(model))


def record_of(run: Run, model: Mapping[str, Any] | None) -> Record:
    """The record of a run. The server itself asks it, too.

    :param model: content of the file `MLmodel` of the model that came of it, None without a model.
    """
    inputs = run.inputs.dataset_inputs if run.inputs else []
    return {
        "tags": run.data.tags,
        "params": run.data.params,
        "metrics": run.data.metrics,
        "datasets": [{"name": each.dataset.name, "digest": each.dataset.digest} for each in inputs],
        "model": model,
    }


def models_of(client: MlflowClient, run: Run) -> list[LoggedModel]:
    """The models that were logged in a run, without those whose files did not arrive."""
    logged = [client.get_logged_model(output.model_id) for output in (run.outputs.model_outputs if run.outputs else [])]
    return [model for model in logged if model.status == LoggedModelStatus.READY]


def chosen(models: list[LoggedModel], name: str | None) -> LoggedModel | None:
    """The model of a run that is meant: the only one, or the last that was logged with this name. None where a run has none.

    :raises WrongArgument: when there are several and none is named, or none has the name.
    """
    names = list(dict.fromkeys(model.name for model in models))
    if name is None and len(names) > 1:
        raise WrongArgument(f"'logged_as' must be one of the models of the run ({', '.join(names)}), got none")
    if name is not None and name not in names:
        raise WrongArgument(
            f"'logged_as' must be one of the models of the run ({', '.join(names) or 'it has none'}), got {name!r}"
        )
    named = [model for model in models if name in (None, model.name)]
    return max(named, key=lambda model: model.creation_timestamp, default=None)


def _description(model: LoggedModel) -> dict[str, Any]:
    with answered(f"give the file MLmodel of {model.name}"):
        described = yaml.safe_load(mlflow.artifacts.load_text(f"{model.artifact_location}/MLmodel"))
    return described if isinstance(described, dict) else {}
