"""Trains versions of small models from data sets that scikit-learn ships, and saves them as MLflow does.

Its argument is a `Request` as JSON, and it writes a list of `Trained` as JSON to the standard output. It needs the packages of
`images/model-server/requirements.txt`, and the package `millrace` of this repository.
"""

import hashlib
import json
import logging
import random
import sys
import time
import uuid
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)

import millrace  # noqa: E402 - MLflow warns while it is imported
import mlflow.pyfunc  # noqa: E402
import mlflow.sklearn  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import sklearn  # noqa: E402
from mlflow.entities import LoggedModelOutput  # noqa: E402
from mlflow.models import infer_signature  # noqa: E402
from mlflow.pyfunc.model import PythonModel  # noqa: E402
from mlflow.tracking import MlflowClient  # noqa: E402
from sklearn.datasets import load_breast_cancer, load_wine  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.metrics import roc_auc_score  # noqa: E402
from sklearn.model_selection import train_test_split  # noqa: E402
from sklearn.pipeline import Pipeline, make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

Fault = Literal["errors", "latency", "noise", "drift", "accuracy", "crash"]
"""What is wrong with a version, as `FAULTS` of train.ts describes it."""


class Version(TypedDict):
    """A version to train."""

    model: str
    version: str
    fault: NotRequired[Fault]


class Request(TypedDict):
    """What is asked for."""

    into: str
    """Folder of a model store: a version lies in `models/<model>/<version>` below it."""
    questions: str
    """Folder that gets `<model>.json`, bodies of requests, one a row of test data; `<model>.labels.json`, their classes."""
    versions: list[Version]
    tracked: bool
    """Whether runs and versions are kept by the tracking server that MLflow's own variables name."""


class Trained(TypedDict):
    """What a release says of a version."""

    model: str
    version: str
    run: str
    data: str
    metrics: dict[str, dict[str, float]]
    parameters: dict[str, str]
    """Of its training: what the tracking server is told."""


SPLITS = ("train", "validation", "test")
ERROR_SHARE = 0.3
"""Share of the rows on which the fault `errors` raises."""
NOISE_SHARE, NOISE_SECONDS = 0.02, 0.15
"""Share of the answers that take longer with the fault `noise`, and by how much."""
LATENCY_SHARE, LATENCY_SECONDS = 0.3, 0.4
"""The same with the fault `latency`. If all took so long, there would be too few answers to measure."""
SERVED_BY = ["cloudpickle", "numpy", "pandas", "scikit-learn"]
"""What a version needs, all of it in the image; given, because MLflow would look for it in a process of its own."""


def main() -> None:
    """Train what is asked for."""
    request: Request = json.loads(sys.argv[1])
    trained = [train(version, request) for version in request["versions"]]
    json.dump(recorded(trained, Path(request["into"])) if request["tracked"] else trained, sys.stdout)


def train(wanted: Version, request: Request) -> Trained:
    """Train one version, and write its files and the questions for its model."""
    model, version = wanted["model"], wanted["version"]
    data, rows = split(model, version)
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000))
    pipeline.fit(rows["train"][0], rows["train"][1])
    metrics = {name: {"auc": auc(pipeline, *rows[name])} for name in SPLITS}
    save(pipeline, rows["train"][0], Path(request["into"]) / "models" / model / version, wanted.get("fault"))
    ask(*rows["test"], Path(request["questions"]) / f"{model}.json")
    parameters = {name: str(value) for name, value in pipeline[-1].get_params().items()}
    run = uuid.uuid4().hex
    return {"model": model, "version": version, "run": run, "data": data, "metrics": metrics, "parameters": parameters}


def split(model: str, version: str) -> tuple[str, dict[str, tuple[pd.DataFrame, pd.Series]]]:
    """Split a model's data; each version is trained on another part of it, so that no two have the same files."""
    name, load = ("wine", load_wine) if model == "second-model" else ("breast cancer", load_breast_cancer)
    features, target = load(as_frame=True, return_X_y=True)
    seed = int.from_bytes(version.encode(), "big") % 2**31
    rest, test, rest_target, test_target = train_test_split(features, target, test_size=0.2, random_state=0, stratify=target)
    train_rows, validation, train_target, validation_target = train_test_split(
        rest, rest_target, test_size=0.25, random_state=seed, stratify=rest_target
    )
    parts = ((train_rows, train_target), (validation, validation_target), (test, test_target))
    return f"scikit-learn's {name}", dict(zip(SPLITS, parts, strict=True))


def auc(pipeline: Pipeline, rows: pd.DataFrame, target: pd.Series) -> float:
    """Area under the ROC curve; with more than two classes the mean over one class against the rest."""
    chances = pipeline.predict_proba(rows)
    scores = chances[:, 1] if chances.shape[1] == 2 else chances
    return round(float(roc_auc_score(target, scores, multi_class="ovr")), 4)


def save(pipeline: Pipeline, rows: pd.DataFrame, folder: Path, fault: Fault | None) -> None:
    """Save a version as MLflow does: a good one as scikit-learn's, one with a fault as code around it."""
    limit = float(rows.iloc[:, 0].quantile(1 - ERROR_SHARE))
    # The server answers the example before it is ready: a mistake that it would meet there harms nobody.
    example = rows[rows.iloc[:, 0] <= limit].head(3)
    signature = infer_signature(example, pipeline.predict_proba(example))
    common = {"signature": signature, "input_example": example, "pip_requirements": SERVED_BY}
    if fault is None:
        mlflow.sklearn.save_model(pipeline, folder, pyfunc_predict_fn="predict_proba", serialization_format="skops", **common)
        return
    others = pipeline.predict_proba(rows)
    mlflow.pyfunc.save_model(folder, python_model=Faulty(pipeline, fault, limit, others), **common)


class Faulty(PythonModel):
    """A model around which somebody has written a mistake."""

    def __init__(self, pipeline: Pipeline, fault: Fault, limit: float, others: np.ndarray[Any, Any]) -> None:
        """Keep the model, from which value on of the first feature the fault `errors` raises, and the chances of other rows."""
        self._pipeline, self._fault, self._limit, self._others = pipeline, fault, limit, others

    def load_context(self, context: Any) -> None:  # noqa: ARG002 - as MLflow calls it
        """Load, or fail to."""
        if self._fault == "crash":
            raise RuntimeError("a file of the model cannot be read")

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> Any:  # noqa: ARG002
        """Predict with the mistake."""
        if self._fault == "errors" and (model_input.iloc[:, 0] > self._limit).any():
            raise ValueError("no bin for this value")
        if self._fault == "latency" and random.random() < LATENCY_SHARE:  # noqa: S311 - no secret
            time.sleep(LATENCY_SECONDS)
        if self._fault == "noise" and random.random() < NOISE_SHARE:  # noqa: S311 - no secret
            time.sleep(NOISE_SECONDS)
        chances: np.ndarray[Any, Any] = self._pipeline.predict_proba(model_input)
        if self._fault == "accuracy":
            return self._others[[random.randrange(len(self._others)) for _ in chances]]  # noqa: S311 - no secret
        if self._fault == "drift":
            return np.full_like(chances, 1 / chances.shape[1])
        return chances


def recorded(all_trained: list[Trained], into: Path) -> list[Trained]:
    """Record versions side by side: most of the time each waits for the tracking server."""
    code = own_version()

    def run_of(trained: Trained) -> str:
        return record(trained, code, into / "models" / trained["model"] / trained["version"])

    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(run_of, all_trained))
    return [{**each, "run": run} for each, run in zip(all_trained, runs, strict=True)]


def record(trained: Trained, code: str, files: Path) -> str:
    """Record a run with all six parts, and register the version that came of it. The run's id."""
    model, version = trained["model"], trained["version"]
    # Data and features are those that this version of scikit-learn ships.
    data = millrace.Data(trained["data"], sklearn.__version__, "sklearn.datasets")
    features = {trained["data"]: sklearn.__version__}
    with millrace.record(model, data=data, features=features, code=code, run_name=f"{model}-{version}") as run:
        mlflow.log_params(trained["parameters"])
        mlflow.log_metrics(
            {f"{split}_{name}": value for split, each in trained["metrics"].items() for name, value in each.items()}
        )
        log_files(run.run_id, files)
    run.register(f"{version}.0.0")
    return run.run_id


def log_files(run_id: str, files: Path) -> None:
    """Log a model that is saved already as a model of a run, byte for byte: its release names these files."""
    client = MlflowClient()
    logged = client.create_logged_model(client.get_run(run_id).info.experiment_id, "model", run_id)
    client.log_model_artifacts(logged.model_id, str(files))
    client.finalize_logged_model(logged.model_id, "READY")
    client.log_outputs(run_id, [LoggedModelOutput(logged.model_id, 0)])


def own_version() -> str:
    """Version of this code: Git's own id of this file, because a rehearsal also runs without a repository, and with changes."""
    content = Path(__file__).read_bytes()
    return hashlib.sha1(b"blob %d\0%b" % (len(content), content)).hexdigest()  # noqa: S324 - as Git does


def ask(rows: pd.DataFrame, target: pd.Series, file: Path) -> None:
    """Write bodies of requests, a row each, in MLflow's form `dataframe_split`; and the class of each row."""
    file.parent.mkdir(parents=True, exist_ok=True)
    columns = list(rows.columns)
    bodies = [{"dataframe_split": {"columns": columns, "data": [row]}} for row in rows.to_numpy().tolist()]
    file.write_text(json.dumps(bodies))
    file.with_suffix(".labels.json").write_text(json.dumps(target.tolist()))


if __name__ == "__main__":
    main()
