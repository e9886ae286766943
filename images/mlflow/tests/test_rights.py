"""Who may do what, by real calls: the expectations are written down here, not made from the table."""

import json
import uuid
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
import requests

from tests.people import People
from tests.records import API, FILES, METRICS, complete, tags_lacking, version_of
from tests.server import Server

ROLES = ("data-scientist", "ml-engineer", "platform-engineer", "sre", "ci", "trainer", "auditor")


@dataclass
class World:
    """What is there: an experiment with a run, a trace and a model for each of two teams, and an experiment of nobody."""

    server: Server
    people: People
    names: dict[str, str] = field(default_factory=dict)

    def call(
        self, who: str, method: str, path: str, body: Any = None, data: bytes | None = None, request: str | None = None
    ) -> requests.Response:
        return requests.request(
            method,
            f"{self.server.url}{self.fill(path)}",
            json=json.loads(self.fill(json.dumps(body))) if body is not None else None,
            data=data,
            headers={"Authorization": f"Bearer {self.people.token(who)}", **({"X-Request-Id": request} if request else {})},
            timeout=60,
            allow_redirects=False,
        )

    def fill(self, text: str) -> str:
        for name, value in self.names.items():
            text = text.replace(f"<{name}>", value)
        return text.replace("<new>", uuid.uuid4().hex)

    def must(self, who: str, method: str, path: str, body: Any = None, data: bytes | None = None) -> Any:
        answer = self.call(who, method, path, body, data)
        assert answer.status_code == 200, (who, path, answer.status_code, answer.text)
        return answer.json() if answer.text else {}


@pytest.fixture(scope="module")
def world(server: Server, people: People) -> World:
    made = World(server, people)
    for team, trainer in [("risk", "trainer"), ("search", "other-trainer")]:
        experiment = made.must(trainer, "POST", f"{API}/experiments/create", {"name": f"{team}-<new>"})["experiment_id"]
        made.names |= {f"{team}-experiment": experiment, f"{team}-model": f"{team}-{uuid.uuid4().hex}"}
        for run in [f"{team}-run", f"{team}-run-2"]:
            created = made.must(trainer, "POST", f"{API}/runs/create", {"experiment_id": experiment})["run"]["info"]
            made.names[run] = created["run_id"]
        run = made.names[f"{team}-run"]
        complete(partial(made.must, trainer), experiment, run)
        logged = made.must(trainer, "POST", f"{API}/logged-models", {"experiment_id": experiment, "name": "m"})
        made.names[f"{team}-logged"] = logged["model"]["info"]["model_id"]
        trace = f"tr-{uuid.uuid4().hex}"
        made.must(trainer, "POST", "/api/3.0/mlflow/traces", {"trace": trace_of(trace, experiment)})
        made.names[f"{team}-trace"] = trace
        name = made.names[f"{team}-model"]
        made.must(trainer, "POST", f"{API}/registered-models/create", {"name": name})
        made.must(trainer, "POST", f"{API}/model-versions/create", version_of(name, experiment, run))
    nobodys = made.must("platform-engineer", "POST", f"{API}/experiments/create", {"name": "nobody-<new>"})
    made.names["nobodys-experiment"] = nobodys["experiment_id"]
    made.names["search-name"] = made.must("other-trainer", "GET", f"{API}/experiments/get?experiment_id=<search-experiment>")[
        "experiment"
    ]["name"]
    return made


def trace_of(trace: str, experiment: str, **more: Any) -> dict[str, Any]:
    location = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment}}
    times = {"request_time": "2026-12-01T00:00:00Z", "execution_duration": "1s", "state": "OK"}
    return {"trace_info": {"trace_id": trace, "trace_location": location, **times, **more}}


# A line is a call, and who may make it on the objects of team risk; everybody else of the seven roles gets 403.
EVERYBODY = frozenset(ROLES)
TRACKERS = frozenset({"data-scientist", "ml-engineer", "trainer", "platform-engineer"})
REGISTRARS = TRACKERS | {"ci"}
BRINGERS = frozenset({"ci", "platform-engineer"})
CHAMPIONS = frozenset({"ml-engineer", "ci", "platform-engineer"})
ENGINEERS = frozenset({"platform-engineer"})

CALLS: list[tuple[str, str, Any, frozenset[str]]] = [
    ("GET", f"{API}/registered-models/search", None, EVERYBODY),
    ("GET", f"{API}/registered-models/get?name=<risk-model>", None, EVERYBODY),
    ("GET", f"{API}/model-versions/get?name=<risk-model>&version=1", None, EVERYBODY),
    ("GET", f"{API}/experiments/get?experiment_id=<risk-experiment>", None, TRACKERS),
    ("POST", f"{API}/experiments/search", {"max_results": 5}, TRACKERS),
    ("POST", f"{API}/runs/search", {"experiment_ids": ["<risk-experiment>"]}, TRACKERS),
    ("GET", f"{API}/runs/get?run_id=<risk-run>", None, TRACKERS),
    ("GET", f"{FILES}/<risk-experiment>/<risk-run>/artifacts/model/MLmodel", None, TRACKERS),
    ("GET", f"{FILES}?path=<risk-experiment>/<risk-run>/artifacts", None, TRACKERS),
    ("GET", "/get-artifact?run_uuid=<risk-run>&path=model/MLmodel", None, TRACKERS),
    ("GET", "/model-versions/get-artifact?name=<risk-model>&version=1&path=MLmodel", None, TRACKERS),
    ("POST", f"{API}/runs/log-metric", {"run_id": "<risk-run>", "key": "a", "value": 1, "timestamp": 1}, TRACKERS),
    ("POST", f"{API}/runs/set-tag", {"run_id": "<risk-run>", "key": "a", "value": "b"}, TRACKERS),
    ("POST", f"{API}/runs/create", {"experiment_id": "<risk-experiment>"}, TRACKERS),
    ("POST", f"{API}/logged-models", {"experiment_id": "<risk-experiment>", "name": "x"}, TRACKERS),
    ("POST", f"{API}/experiments/create", {"name": "<new>", "tags": [{"key": "team", "value": "risk"}]}, TRACKERS),
    ("POST", f"{API}/registered-models/create", {"name": "<new>", "tags": [{"key": "team", "value": "risk"}]}, REGISTRARS),
    (
        "POST",
        f"{API}/model-versions/create",
        version_of("<risk-model>", "<risk-experiment>", "<risk-run>"),
        REGISTRARS,
    ),
    (
        "POST",
        f"{API}/model-versions/create",
        {"name": "<risk-model>", "source": "s3://models/models/risk/4", "tags": tags_lacking()},
        BRINGERS,
    ),
    ("POST", f"{API}/registered-models/set-tag", {"name": "<risk-model>", "key": "a", "value": "b"}, REGISTRARS),
    ("POST", f"{API}/registered-models/alias", {"name": "<risk-model>", "alias": "candidate", "version": "1"}, REGISTRARS),
    ("POST", f"{API}/registered-models/alias", {"name": "<risk-model>", "alias": "champion", "version": "1"}, CHAMPIONS),
    ("DELETE", f"{API}/registered-models/alias", {"name": "<risk-model>", "alias": "champion"}, CHAMPIONS),
    ("POST", f"{API}/registered-models/alias", {"name": "<risk-model>", "alias": "production", "version": "1"}, ENGINEERS),
    ("POST", f"{API}/registered-models/alias", {"name": "<risk-model>", "alias": "Champion", "version": "1"}, ENGINEERS),
    (
        "POST",
        f"{API}/model-versions/transition-stage",
        {"name": "<risk-model>", "version": "1", "stage": "Staging", "archive_existing_versions": False},
        ENGINEERS,
    ),
    ("GET", f"{API}/webhooks", None, ENGINEERS),
    ("GET", "/metrics", None, ENGINEERS),
    (
        "POST",
        f"{API}/experiments/set-experiment-tag",
        {"experiment_id": "<risk-experiment>", "key": "team", "value": "risk"},
        ENGINEERS,
    ),
    ("POST", f"{API}/registered-models/set-tag", {"name": "<risk-model>", "key": "team", "value": "risk"}, ENGINEERS),
    ("GET", f"{API}/experiments/get?experiment_id=<nobodys-experiment>", None, ENGINEERS),
    ("GET", f"{API}/experiments/get?experiment_id=0", None, ENGINEERS),
]


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize(("method", "path", "body", "may"), CALLS)
def test_a_role_may_do_what_is_written_and_nothing_else(
    world: World, who: str, method: str, path: str, body: Any, may: frozenset[str]
) -> None:
    answer = world.call(who, method, path, body)
    assert answer.status_code == (200 if who in may else 403), answer.text


# What somebody of team risk tries on the objects of team search, in a role that may do it with those of risk.
FOREIGN: list[tuple[str, str, Any]] = [
    ("GET", f"{API}/experiments/get?experiment_id=<search-experiment>", None),
    ("GET", f"{API}/experiments/get-by-name?experiment_name=<search-name>", None),
    ("GET", "/ajax-api/2.0/mlflow/experiments/get?experiment_id=<search-experiment>", None),
    ("POST", f"{API}/runs/search", {"experiment_ids": ["<search-experiment>"]}),
    ("POST", f"{API}/runs/search", {"experimentIds": ["<search-experiment>"]}),
    ("POST", f"{API}/runs/search", {"experiment_ids": ["<risk-experiment>", "<search-experiment>"]}),
    ("POST", f"{API}/runs/search", {"experiment_ids": []}),
    ("GET", f"{API}/runs/get?run_id=<search-run>", None),
    ("GET", f"{API}/runs/get?run_uuid=<search-run>", None),
    ("GET", f"{API}/runs/get?run_id=<risk-run>&run_uuid=<search-run>", None),
    ("GET", f"{API}/runs/get", {"run_id": "<search-run>"}),
    ("POST", f"{API}/runs/create", {"experiment_id": "<search-experiment>"}),
    ("POST", f"{API}/runs/delete", {"run_id": "<search-run>"}),
    ("POST", f"{API}/runs/log-metric", {"run_id": "<search-run>", "key": "a", "value": 1, "timestamp": 1}),
    (
        "POST",
        f"{API}/runs/log-metric",
        {"run_id": "<risk-run>", "model_id": "<search-logged>", "key": "a", "value": 1, "timestamp": 1},
    ),
    (
        "POST",
        f"{API}/runs/log-batch",
        {"run_id": "<risk-run>", "metrics": [{"key": "a", "value": 1, "timestamp": 1, "step": 0, "model_id": "<search-logged>"}]},
    ),
    ("POST", f"{API}/runs/outputs", {"run_id": "<risk-run>", "models": [{"model_id": "<search-logged>", "step": 0}]}),
    ("GET", f"{API}/metrics/get-history?run_id=<search-run>&metric_key=a", None),
    ("GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id=<risk-run>&run_id=<search-run>&metric_key=a", None),
    ("GET", f"{API}/artifacts/list?run_id=<search-run>", None),
    ("GET", f"{FILES}/<search-experiment>/<search-run>/artifacts/model/MLmodel", None),
    ("PUT", f"{FILES}/<search-experiment>/<search-run>/artifacts/model/MLmodel", None),
    ("GET", f"{FILES}?path=<search-experiment>", None),
    ("GET", f"{FILES}?path=", None),
    ("GET", FILES, None),
    ("GET", f"{FILES}/<risk-experiment>/..%2f<search-experiment>/<search-run>/artifacts/model/MLmodel", None),
    ("GET", f"{FILES}/<risk-experiment>/%252e%252e/<search-experiment>/<search-run>/artifacts/model/MLmodel", None),
    ("GET", f"{FILES}/0<search-experiment>/<search-run>/artifacts/model/MLmodel", None),
    ("GET", "/get-artifact?run_uuid=<search-run>&path=model/MLmodel", None),
    ("GET", "/model-versions/get-artifact?name=<search-model>&version=1&path=MLmodel", None),
    ("POST", "/api/2.0/mlflow-artifacts/mpu/create/<search-experiment>/x", {"path": "x", "num_parts": 1}),
    ("POST", "/api/2.0/mlflow-artifacts/mpu/create/<risk-experiment>/x", {"path": "../../<search-experiment>/x", "num_parts": 1}),
    ("POST", "/ajax-api/2.0/mlflow/upload-artifact?run_uuid=<search-run>&path=x", {"a": 1}),
    ("GET", f"{API}/logged-models/<search-logged>", None),
    ("PATCH", f"{API}/logged-models/<search-logged>/tags", {"tags": [{"key": "a", "value": "b"}]}),
    ("POST", f"{API}/logged-models/search", {"experiment_ids": ["<search-experiment>"]}),
    ("GET", "/api/3.0/mlflow/traces/<search-trace>", None),
    ("POST", "/api/3.0/mlflow/traces", {"trace": trace_of("<search-trace>", "<risk-experiment>")}),
    ("POST", "/api/3.0/mlflow/traces", {"trace": trace_of("<new>", "<search-experiment>")}),
    (
        "POST",
        "/api/3.0/mlflow/traces",
        {
            "trace": trace_of(
                "<new>", "<risk-experiment>", tags={"mlflow.artifactLocation": "mlflow-artifacts:/<search-experiment>/x"}
            )
        },
    ),
    (
        "PATCH",
        "/api/3.0/mlflow/traces/<risk-trace>/tags",
        {"key": "mlflow.artifactLocation", "value": "mlflow-artifacts:/<search-experiment>"},
    ),
    ("POST", f"{API}/traces/link-to-run", {"trace_ids": ["<risk-trace>"], "run_id": "<search-run>"}),
    ("POST", f"{API}/traces/delete-traces", {"experiment_id": "<search-experiment>", "request_ids": ["<search-trace>"]}),
    ("POST", f"{API}/experiments/update", {"experiment_id": "<search-experiment>", "new_name": "mine"}),
    ("POST", f"{API}/experiments/delete", {"experiment_id": "<search-experiment>"}),
    ("POST", f"{API}/experiments/set-experiment-tag", {"experiment_id": "<search-experiment>", "key": "a", "value": "b"}),
    ("POST", f"{API}/experiments/create", {"name": "<new>", "tags": [{"key": "team", "value": "search"}]}),
    ("POST", f"{API}/experiments/create", {"name": "<new>", "artifact_location": "mlflow-artifacts:/<search-experiment>"}),
    ("POST", f"{API}/experiments/create", {"name": "<new>", "artifactLocation": "s3://elsewhere/x"}),
    ("POST", f"{API}/registered-models/create", {"name": "<new>", "tags": [{"key": "team", "value": "search"}]}),
    ("POST", f"{API}/registered-models/alias", {"name": "<search-model>", "alias": "candidate", "version": "1"}),
    ("POST", f"{API}/registered-models/alias", {"name": "<search-model>", "alias": "champion", "version": "1"}),
    ("DELETE", f"{API}/registered-models/alias", {"name": "<search-model>", "alias": "candidate"}),
    ("PATCH", f"{API}/registered-models/update", {"name": "<search-model>", "description": "mine"}),
    ("PATCH", f"{API}/model-versions/update", {"name": "<search-model>", "version": "1", "description": "mine"}),
    ("POST", f"{API}/registered-models/set-tag", {"name": "<search-model>", "key": "a", "value": "b"}),
    (
        "POST",
        f"{API}/model-versions/create",
        {"name": "<search-model>", "source": "runs:/<risk-run>/model", "run_id": "<risk-run>"},
    ),
    (
        "POST",
        f"{API}/model-versions/create",
        {
            "name": "<risk-model>",
            "source": "mlflow-artifacts:/<search-experiment>/<search-run>/artifacts/model",
            "run_id": "<risk-run>",
        },
    ),
    ("POST", f"{API}/model-versions/create", {"name": "<risk-model>", "source": "runs:/<search-run>/model"}),
    ("POST", f"{API}/model-versions/create", {"name": "<risk-model>", "source": "models:/<search-model>/1"}),
    ("POST", f"{API}/model-versions/create", {"name": "<risk-model>", "source": "models:/<search-logged>"}),
    ("POST", f"{API}/model-versions/create", {"name": "<risk-model>", "source": "https://169.254.169.254/latest"}),
    # Names, versions and files of what is registered stay, of the own team, too.
    ("POST", f"{API}/registered-models/rename", {"name": "<risk-model>", "new_name": "<new>"}),
    ("DELETE", f"{API}/registered-models/delete", {"name": "<risk-model>"}),
    ("DELETE", f"{API}/model-versions/delete", {"name": "<risk-model>", "version": "1"}),
    ("DELETE", f"{FILES}/<risk-experiment>/<risk-run>/artifacts/model/MLmodel", None),
    ("POST", f"{API}/webhooks", {"name": "x", "url": "https://evil.example.com", "events": []}),
    # What is not as it seems.
    ("POST", f"{API}/runs/search", ["<risk-experiment>"]),
    ("POST", f"{API}/runs/search", {"experiment_ids": "<risk-experiment>"}),
    ("POST", f"{API}/runs/delete", {"run_id": "<new>"}),
]


@pytest.mark.parametrize("who", ["ml-engineer", "trainer"])
@pytest.mark.parametrize(("method", "path", "body"), FOREIGN)
def test_another_teams_objects_are_refused(world: World, who: str, method: str, path: str, body: Any) -> None:
    answer = world.call(who, method, path, body)
    assert answer.status_code == 403, answer.text
    assert answer.json()["error_code"] == "PERMISSION_DENIED"


def test_nothing_of_it_has_changed_the_other_team(world: World) -> None:
    model = world.must("other-trainer", "GET", f"{API}/registered-models/get?name=<search-model>")["registered_model"]
    assert "aliases" not in model
    assert {tag["key"]: tag["value"] for tag in model["tags"]} == {"team": "search"}
    run = world.must("other-trainer", "GET", f"{API}/runs/get?run_id=<search-run>")["run"]
    assert run["info"]["lifecycle_stage"] == "active"
    assert {each["key"] for each in run["data"]["metrics"]} == set(METRICS)


def test_a_search_shows_the_callers_own_experiments_alone(world: World) -> None:
    def seen(who: str) -> set[str]:
        found = world.must(who, "GET", f"{API}/experiments/search?max_results=1000").get("experiments", [])
        return {each["experiment_id"] for each in found}

    risk, search, nobodys = (world.names[name] for name in ("risk-experiment", "search-experiment", "nobodys-experiment"))
    assert risk in seen("data-scientist")
    assert not {search, nobodys, "0"} & seen("data-scientist")
    assert search in seen("other-scientist")
    assert risk not in seen("other-scientist")
    assert {risk, search} <= seen("both-teams")
    assert nobodys not in seen("both-teams")
    assert {risk, search, nobodys, "0"} <= seen("platform-engineer")


def test_what_is_made_belongs_to_the_team_of_whoever_made_it(world: World) -> None:
    made = world.must("data-scientist", "POST", f"{API}/experiments/create", {"name": "<new>"})["experiment_id"]
    tags = world.must("trainer", "GET", f"{API}/experiments/get?experiment_id={made}")["experiment"]["tags"]
    assert {"key": "team", "value": "risk"} in tags
    # Of two teams it must be said which.
    assert world.call("both-teams", "POST", f"{API}/experiments/create", {"name": "<new>"}).status_code == 403
    body = {"name": "<new>", "tags": [{"key": "team", "value": "search"}]}
    theirs = world.must("both-teams", "POST", f"{API}/experiments/create", body)["experiment_id"]
    assert world.call("trainer", "GET", f"{API}/experiments/get?experiment_id={theirs}").status_code == 403
    assert world.call("ci", "POST", f"{API}/registered-models/create", {"name": "<new>"}).status_code == 403


def test_an_unknown_name_is_not_there_so_that_clients_make_it(world: World) -> None:
    assert world.call("trainer", "GET", f"{API}/experiments/get-by-name?experiment_name=<new>").status_code == 404


SHOWN = "{ run { info { runId } } }"
GET_RUN = 'mlflowGetRun(input: { runId: "%s" }) ' + SHOWN
RUN = "query R($data: MlflowGetRunInput!) { mlflowGetRun(input: $data) { run { info { runId } experiment { name } } } }"


@pytest.mark.parametrize(
    ("query", "variables", "status"),
    [
        (RUN, {"data": {"runId": "<risk-run>"}}, 200),
        (RUN, {"data": {"runId": "<search-run>"}}, 403),
        (f"{{ {GET_RUN % '<risk-run>'} }}", {}, 200),
        (f"{{ {GET_RUN % '<search-run>'} }}", {}, 403),
        (f'{{ a: {GET_RUN % "<risk-run>"} b: {GET_RUN % "<search-run>"} }}', {}, 403),
        (f'query R($data: MlflowGetRunInput = {{ runId: "<search-run>" }}) {{ mlflowGetRun(input: $data) {SHOWN} }}', {}, 403),
        (f'query($r: String = "<search-run>") {{ mlflowGetRun(input: {{ runId: $r, runUuid: "<risk-run>" }}) {SHOWN}}}', {}, 403),
        (f"query {{ ...F }} fragment F on Query {{ {GET_RUN % '<search-run>'} }}", {}, 403),
        ('mutation { mlflowSearchRuns(input: { experimentIds: ["<search-experiment>"] }) { runs { info { runId } } } }', {}, 403),
        ('mutation { mlflowSearchRuns(input: { experimentIds: ["<risk-experiment>"] }) { runs { info { runId } } } }', {}, 200),
        ("{ mlflowSearchModelVersions(input: {}) { modelVersions { name } } }", {}, 200),
        ("{ __schema { types { name } } }", {}, 403),
        ("{ test(inputString: \"a\") { output } }", {}, 403),
        ("no query", {}, 403),
    ],
)  # fmt: skip
def test_a_query_of_a_page_is_held_to_the_same_rights(world: World, query: str, variables: Any, status: int) -> None:
    answer = world.call("data-scientist", "POST", "/graphql", {"query": query, "variables": variables})
    assert answer.status_code == status, answer.text
    if status == 200:
        assert answer.json()["errors"] is None


def test_an_auditor_sees_the_registry_by_a_query_and_no_run(world: World) -> None:
    registry = {"query": "{ mlflowSearchModelVersions(input: {}) { modelVersions { name } } }"}
    assert world.call("auditor", "POST", "/graphql", registry).status_code == 200
    assert (
        world.call("auditor", "POST", "/graphql", {"query": RUN, "variables": {"data": {"runId": "<risk-run>"}}}).status_code
        == 403
    )


def test_each_change_and_each_refusal_leaves_a_line(world: World) -> None:
    def line(who: str, method: str, path: str, body: Any) -> dict[str, Any]:
        request = uuid.uuid4().hex
        world.call(who, method, path, body, request=request)
        return world.server.audit(request)

    alias = {"name": "<risk-model>", "alias": "champion", "version": "1"}
    done = line("ml-engineer", "POST", f"{API}/registered-models/alias", alias)
    assert done | {"time": ""} == {
        "audit": "tracking",
        "time": "",
        "who": "ml-engineer@example.com",
        "roles": ["ml-engineer"],
        "teams": ["risk"],
        "action": "set-champion",
        "method": "POST",
        "path": f"{API}/registered-models/alias",
        "objects": [f"model {world.names['risk-model']}", "alias champion"],
        "allowed": True,
        "status": 200,
        "reason": None,
        "request": done["request"],
    }
    refused = line("trainer", "POST", f"{API}/registered-models/alias", alias)
    assert (refused["allowed"], refused["status"], refused["who"]) == (False, 403, "system:serviceaccount:team-risk:jobs")
    assert refused["reason"] == "system:serviceaccount:team-risk:jobs (trainer) may not set-champion here"
    upload = line("trainer", "PUT", f"{FILES}/<risk-experiment>/<risk-run>/artifacts/x", None)
    assert (upload["action"], upload["objects"]) == ("track-runs", [f"experiment {world.names['risk-experiment']}"])
    by_admin = line("platform-engineer", "POST", f"{API}/runs/set-tag", {"run_id": "<search-run-2>", "key": "a", "value": "b"})
    assert (by_admin["who"], by_admin["objects"]) == ("platform-engineer@example.com", [f"run {world.names['search-run-2']}"])


def test_a_reading_call_leaves_no_line(world: World) -> None:
    request = uuid.uuid4().hex
    world.call("trainer", "GET", f"{API}/runs/get?run_id=<risk-run>", request=request)
    assert request not in (world.server.folder / "log").read_text()
