"""Nothing is registered whose run, or whose tags, lack a part of the record: by real calls, and by the words of the package."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import requests
from millrace.parts import Part

from tests.people import People
from tests.records import API, FILES, ML_MODEL, PARTS, complete, run_lacking, tags_lacking, version_of
from tests.server import Server

VERSIONS = f"{API}/model-versions/create"
ALIAS = f"{API}/registered-models/alias"


class Desk:
    """An experiment and a registered model of a team."""

    def __init__(self, server: Server, people: People) -> None:
        self.server, self.people = server, people
        self.name = f"model-{uuid.uuid4().hex}"
        self.experiment = str(self.must("trainer", "POST", f"{API}/experiments/create", {"name": self.name})["experiment_id"])
        self.must("trainer", "POST", f"{API}/registered-models/create", {"name": self.name})

    def call(self, who: str, method: str, path: str, body: Any = None, data: bytes | None = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.people.token(who)}", "X-Request-Id": "record-test"}
        return requests.request(method, f"{self.server.url}{path}", json=body, data=data, headers=headers, timeout=60)

    def must(self, who: str, method: str, path: str, body: Any = None, data: bytes | None = None) -> Any:
        answer = self.call(who, method, path, body, data)
        assert answer.status_code == 200, answer.text
        return answer.json() if answer.text else {}

    @property
    def trainer(self) -> Callable[..., Any]:
        return partial(self.must, "trainer")

    def lacking(self, *parts: str) -> str:
        return run_lacking(self.trainer, self.experiment, *parts)

    def register(self, who: str, run: str, **other: Any) -> requests.Response:
        return self.call(who, "POST", VERSIONS, {**version_of(self.name, self.experiment, run), **other})

    def logged(self, run: str, description: bytes = ML_MODEL) -> str:
        """A logged model of a run; its id."""
        body = {"experiment_id": self.experiment, "name": "model", "source_run_id": run}
        model = str(self.trainer("POST", f"{API}/logged-models", body)["model"]["info"]["model_id"])
        self.trainer("PUT", f"{FILES}/{self.experiment}/models/{model}/artifacts/MLmodel", data=description)
        return model

    def versions(self) -> list[dict[str, Any]]:
        found = self.must("auditor", "GET", f"{API}/model-versions/search?filter=name%3D'{self.name}'")
        return list(found.get("model_versions", []))

    def candidate(self, who: str, version: str) -> requests.Response:
        return self.call(who, "POST", ALIAS, {"name": self.name, "alias": "candidate", "version": version})


@pytest.fixture(scope="module")
def shared(server: Server, people: People) -> Desk:
    return Desk(server, people)


@pytest.fixture
def desk(server: Server, people: People) -> Desk:
    return Desk(server, people)


def refused(answer: requests.Response, whose: str, *parts: str) -> str:
    """What a refusal says, which names the parts and no other."""
    assert answer.status_code == 400, answer.text
    told = answer.json()
    assert told["error_code"] == "INVALID_PARAMETER_VALUE"
    first, *lines = told["message"].split("\n- ")
    assert first == f"{whose} must have all six parts of its record to be registered, and lacks:"
    assert {line.split(" ", 1)[0] for line in lines} == set(parts)
    return str(told["message"])


def test_a_complete_record_is_registered_and_becomes_the_candidate(desk: Desk) -> None:
    run = desk.lacking()
    assert desk.register("trainer", run).status_code == 200
    assert desk.candidate("trainer", "1").status_code == 200
    (version,) = desk.versions()
    assert version["run_id"] == run


@pytest.mark.parametrize("who", ["data-scientist", "trainer", "ci", "platform-engineer"])
@pytest.mark.parametrize("part", PARTS)
def test_each_part_that_is_missing_is_refused_to_everybody(shared: Desk, who: str, part: Part) -> None:
    run = shared.lacking(part)
    message = refused(shared.register(who, run), f"run {run}", part)
    assert ": " in message.split("\n- ")[1]  # How to give it.
    assert shared.versions() == []


def test_all_that_is_missing_is_named_at_once(shared: Desk) -> None:
    run = shared.lacking(*PARTS)
    refused(shared.register("trainer", run), f"run {run}", *PARTS)


@pytest.mark.parametrize(
    "description", [b"flavors: {}", b"- a list", b"{", b"\xff", b'{"signature": {"inputs": [1]}}', b"a: 1\n" + b"# \n" * 400_000]
)
def test_a_model_without_a_signature_is_refused(shared: Desk, description: bytes) -> None:
    run = shared.lacking("model")
    shared.trainer("PUT", f"{FILES}/{shared.experiment}/{run}/artifacts/model/MLmodel", data=description)
    refused(shared.register("trainer", run), f"run {run}", "model")


def test_a_logged_model_is_registered_by_the_record_of_its_run(desk: Desk) -> None:
    good, bad = desk.lacking("model"), desk.lacking("code", "model")
    model_of_good = desk.logged(good)
    for model, run, status in [(model_of_good, good, 200), (desk.logged(bad), bad, 400)]:
        source = {"source": f"models:/{model}", "model_id": model}
        assert desk.register("trainer", run, **source).status_code == status
        # Without the run it is that of the model.
        without = {"name": desk.name, **source}
        assert desk.call("trainer", "POST", VERSIONS, without).status_code == status
    refused(desk.register("trainer", good, source=f"models:/{desk.logged(good, b'{}')}"), f"run {good}", "model")
    other = desk.register("trainer", desk.lacking(), source=f"models:/{model_of_good}", model_id=model_of_good)
    assert other.status_code == 403
    assert f"'run_id' must be {good}, whose model the source is" in other.json()["message"]
    assert {version["run_id"] for version in desk.versions()} == {good}
    assert desk.candidate("trainer", "1").status_code == 200


def test_nobody_registers_the_files_of_one_run_with_the_record_of_another(desk: Desk) -> None:
    good, bad = desk.lacking(), desk.lacking("data")
    folder = f"{desk.experiment}/{bad}/artifacts/model"
    logged = desk.logged(bad)
    prompt = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]
    others: list[dict[str, Any]] = [
        {"source": f"mlflow-artifacts:/{folder}"},
        {"source": f"mlflow-artifacts:/{folder}", "tags": prompt},
        {"source": f"runs:/{bad}/model"},
        {"source": f"models:/{logged}"},
        {"source": f"models:/{logged}", "model_id": logged},
        {"source": f"{desk.server.folder}/files/{folder}"},
        {"source": f"mlflow-artifacts:/{desk.experiment}/{good}/artifacts/../../{bad}/artifacts/model"},
    ]
    for other in others:
        answer = desk.register("trainer", good, **other)
        assert answer.status_code in (400, 403), (other, answer.text)
    assert desk.call("trainer", "POST", VERSIONS, {"name": desk.name, "source": f"mlflow-artifacts:/{folder}"}).status_code == 403
    assert desk.versions() == []


def test_a_copy_of_a_version_has_the_record_of_its_run(desk: Desk) -> None:
    run = desk.lacking()
    assert desk.register("trainer", run).status_code == 200
    copy = {"name": desk.name, "source": f"models:/{desk.name}/1"}
    assert desk.call("trainer", "POST", VERSIONS, copy).status_code == 200
    desk.trainer("POST", f"{API}/runs/delete-tag", {"run_id": run, "key": "millrace.data"})
    refused(desk.call("trainer", "POST", VERSIONS, copy), f"run {run}", "data")
    # What has lost a part since is no candidate; an alias can always be taken away.
    refused(desk.candidate("trainer", "2"), f"run {run}", "data")
    complete(desk.trainer, desk.experiment, run)
    assert desk.candidate("trainer", "2").status_code == 200
    desk.trainer("POST", f"{API}/runs/delete-tag", {"run_id": run, "key": "millrace.data"})
    assert desk.call("trainer", "DELETE", ALIAS, {"name": desk.name, "alias": "candidate"}).status_code == 200


def brought(desk: Desk, *lacking: str, who: str = "ci", **other: Any) -> requests.Response:
    body = {"name": desk.name, "source": "s3://models/models/fraud/4", "tags": tags_lacking(*lacking), **other}
    return desk.call(who, "POST", VERSIONS, body)


def test_a_promotion_brings_a_version_whose_record_is_in_its_tags(desk: Desk) -> None:
    for part in PARTS:
        refused(brought(desk, part), f"the tags of a new version of {desk.name}", part)
    assert desk.versions() == []
    assert brought(desk).status_code == 200
    assert desk.candidate("ci", "1").status_code == 200
    desk.must("ci", "DELETE", f"{API}/model-versions/delete-tag", {"name": desk.name, "version": "1", "key": "millrace.metrics"})
    refused(desk.candidate("ci", "1"), f"the tags of {desk.name} 1", "metrics")


@pytest.mark.parametrize("text", ["{", "[1]", "[" * 50_000, '{"test_auc": "high", "validation_auc": true}', '{"test_auc": NaN}'])
def test_tags_that_are_no_json_are_no_record(shared: Desk, text: str) -> None:
    tags = [*tags_lacking("metrics"), {"key": "millrace.metrics", "value": text}]
    refused(brought(shared, tags=tags), f"the tags of a new version of {shared.name}", "metrics")


def test_nobody_else_brings_one_and_it_names_no_run_of_here(shared: Desk) -> None:
    for who in ("data-scientist", "ml-engineer", "trainer", "other-scientist"):
        assert brought(shared, who=who).status_code == 403
    answer = brought(shared, run_id=shared.lacking("data"))
    assert answer.status_code == 403
    assert "'run_id' and 'model_id' must be left out" in answer.json()["message"]
    assert brought(shared, source="https://169.254.169.254/latest").status_code == 403
    assert shared.versions() == []


def test_the_audit_line_of_a_refusal_names_the_parts_and_nothing_that_was_written(shared: Desk) -> None:
    run, request = shared.lacking("data", "code"), uuid.uuid4().hex
    headers = {"Authorization": f"Bearer {shared.people.token('trainer')}", "X-Request-Id": request}
    body = version_of(shared.name, shared.experiment, run)
    requests.post(f"{shared.server.url}{VERSIONS}", json=body, headers=headers, timeout=60)
    line = shared.server.audit(request)
    assert (line["allowed"], line["status"]) == (False, 400)
    assert line["reason"] == f"the record of run {run} lacks data, code"
