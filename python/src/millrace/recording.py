"""A training run whose record is complete, or says what it lacks."""

import json
import logging
import re
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import mlflow
from mlflow.entities import Dataset, DatasetInput, InputTag
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient
from requests import RequestException

from .code import code_version
from .data import Data
from .errors import TrackingFailed, WrongArgument
from .parts import CODE_TAG, DATA_TAG, DIGEST_LENGTH, FEATURES_TAG, Missing, is_line, missing_parts
from .registry import MODEL_TAG, Registered, register
from .tracking import answered, chosen, failure, is_gone, models_of, read

_log = logging.getLogger("millrace")

MODEL_NAME = re.compile(r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?")
"""Name of a model, as `SHORT_LABEL` of components/naming.ts has it."""
SIGTERM_CODE = 128 + signal.SIGTERM
"""Exit code of a process that SIGTERM ends."""


@dataclass(frozen=True)
class Recording:
    """A run that is being recorded."""

    model: str
    """Name of the model that it trains."""
    run_id: str
    """Id of the run in MLflow."""

    def missing(self, logged_as: str | None = None) -> list[Missing]:
        """Parts that the record lacks now.

        :param logged_as: name under which the model was logged. By default the only model of the run.
        :raises TrackingFailed: when the server does not answer.
        """
        client = MlflowClient()
        with answered(f"read run {self.run_id}"):
            run = client.get_run(self.run_id)
            model = chosen(models_of(client, run), logged_as)
        return missing_parts(read(run, model))

    def register(self, semantic_version: str | None = None, *, logged_as: str | None = None) -> Registered:
        """Register the model, after the block has ended: see `millrace.register`."""
        return register(self.run_id, semantic_version, logged_as=logged_as)


@contextmanager
def record(
    model: str,
    *,
    data: Data | Sequence[Data] = (),
    features: str | Mapping[str, str] = "",
    code: str | None = None,
    experiment: str | None = None,
    run_name: str | None = None,
) -> Iterator[Recording]:
    """Record a training as a run of MLflow. The block logs parameters, metrics and the model with MLflow's own functions.

    At the end of the block the run is finished, and a warning lists the parts that it lacks: without them it cannot be
    registered. A block that raises, or that SIGTERM or Ctrl-C ends, leaves a run that has failed.

    :param model: name of the model in `stacks/inputs/models.ts`.
    :param data: versions of the data, from `millrace.files` or `millrace.Data`.
    :param features: version of the features, such as `transactions 7`, or a version for each name.
    :param code: commit of the code. By default `MILLRACE_CODE`, or what is checked out; a tree that differs from it is marked.
    :param experiment: name of the experiment. By default the name of the model. It is made the first time.
    :param run_name: name of the run. By default MLflow makes one.
    :raises WrongArgument: when an argument is invalid; then there is no run.
    :raises TrackingFailed: when the server does not answer, or refuses.
    """
    datasets = [data] if isinstance(data, (Data, str)) else list(data)
    tags = _tags(model, datasets, features, code_version(code))
    client = MlflowClient()
    with _sigterm_raises():
        with answered(f"begin a run of {model}"):
            run = mlflow.start_run(experiment_id=_experiment(client, experiment or model), run_name=run_name, tags=tags)
        recording = Recording(model, run.info.run_id)
        try:
            with run:
                _log_data(client, recording.run_id, datasets)
                yield recording
        except (MlflowException, RequestException) as error:
            if not is_gone(error):
                raise
            raise failure(error, f"keep run {recording.run_id}, which is not complete and cannot be registered") from error
    _warn(recording)


def _tags(model: str, datasets: Sequence[Data | str], features: str | Mapping[str, str], code: str | None) -> dict[str, str]:
    if not MODEL_NAME.fullmatch(model):
        raise WrongArgument(
            "'model' must be lower-case letters, digits and hyphens, beginning with a letter, at most 40 characters, "
            f"got {model[:100]!r}"
        )
    active = mlflow.active_run()
    if active is not None:
        raise WrongArgument(f"'record' must be outside of other runs, and run {active.info.run_id} is active: end it first")
    for each in datasets:
        if not isinstance(each, Data):
            raise WrongArgument(f"'data' must be millrace.files(…) or millrace.Data(…), got {str(each)[:100]!r}")
    named = features if isinstance(features, str) else ", ".join(f"{name} {version}" for name, version in features.items())
    tags = {MODEL_TAG: model, DATA_TAG: ", ".join(map(str, datasets)), FEATURES_TAG: named, CODE_TAG: code or ""}
    for argument, tag in (("data", DATA_TAG), ("features", FEATURES_TAG)):
        if tags[tag] and not is_line(tags[tag]):
            raise WrongArgument(f"'{argument}' must be one line of at most 200 characters in a release, got {tags[tag][:220]!r}")
    return {name: value for name, value in tags.items() if value}


def _experiment(client: MlflowClient, name: str) -> str:
    found = client.get_experiment_by_name(name)
    try:
        return str(found.experiment_id if found else client.create_experiment(name))
    except MlflowException as error:
        # Somebody else has made it at the same time.
        found = client.get_experiment_by_name(name) if error.error_code == "RESOURCE_ALREADY_EXISTS" else None
        if found is None:
            raise
        return str(found.experiment_id)


def _log_data(client: MlflowClient, run_id: str, datasets: Sequence[Data]) -> None:
    inputs = [
        DatasetInput(
            dataset=Dataset(
                name=data.name,
                digest=data.version[:DIGEST_LENGTH],
                source_type="millrace",
                source=json.dumps({"uri": data.source, "version": data.version}),
            ),
            tags=[InputTag("mlflow.data.context", data.context)],
        )
        for data in datasets
    ]
    if inputs:
        _log_inputs(client, run_id, inputs)
    for data in datasets:
        if data.manifest:
            client.log_dict(run_id, {"name": data.name, "files": list(data.manifest)}, f"data/{data.version}.json")


def _log_inputs(client: MlflowClient, run_id: str, inputs: Sequence[DatasetInput]) -> None:
    """MLflow refuses a dataset that another run brings at the same moment. It is there the next time: each is refused once."""
    for left in range(len(inputs), -1, -1):
        try:
            client.log_inputs(run_id, inputs)
        except MlflowException as error:  # noqa: PERF203 - it is the server that takes its time
            if error.error_code != "BAD_REQUEST" or left == 0:
                raise
        else:
            return


@contextmanager
def _sigterm_raises() -> Iterator[None]:
    """Let SIGTERM, by which a queue takes a job's place, end the block as an exception does, where nobody else handles it."""
    mine = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    if mine:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(SIGTERM_CODE))
    try:
        yield
    finally:
        if mine:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _warn(recording: Recording) -> None:
    try:
        missing = recording.missing()
    except (TrackingFailed, WrongArgument) as error:
        _log.warning("run %s: its record was not checked: %s", recording.run_id, error)
        return
    if missing:
        lines = "".join(f"\n- {each}" for each in missing)
        _log.warning("run %s is kept, and cannot be registered. It lacks:%s", recording.run_id, lines)
