"""Every route that the pinned MLflow has is decided about: a new version cannot open one without being seen here."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

# MLflow reads it while it is imported, and has one route more.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

from mlflow.server import app as flask_app
from mlflow.server.fastapi_app import app as fastapi_app
from mlflow.server.graphql.graphql_schema_extensions import schema
from starlette.routing import Mount

from millrace_auth import graph, native, routes
from tests.people import People
from tests.server import Server
from tests.test_tokens import ask


def flask_routes() -> Iterator[tuple[str, str]]:
    for rule in flask_app.url_map.iter_rules():
        for method in set(rule.methods or ()) - {"HEAD", "OPTIONS"}:
            yield method, rule.rule


def native_routes() -> Iterator[tuple[str, str]]:
    for route in fastapi_app.routes:
        if isinstance(route, Mount):
            continue
        for each in getattr(route, "effective_route_contexts", lambda route=route: [route])():
            for method in each.methods:
                yield method, each.path


def test_every_route_of_flask_is_decided_about() -> None:
    found = list(flask_routes())
    assert len(found) > 380
    assert [each for each in found if not routes.is_known(*each)] == []


def test_every_route_of_fastapi_is_decided_about() -> None:
    found = list(native_routes())
    assert len(found) > 80
    assert [each for each in found if each not in native.OPEN and not native.CLOSED_FAMILIES.search(each[1])] == []


def test_every_field_of_graphql_is_decided_about() -> None:
    types = [schema.graphql_schema.query_type, schema.graphql_schema.mutation_type]
    found = {name for each in types if each for name in each.fields}
    assert found == set(graph.FIELDS) - {"__typename"}


def test_the_table_names_no_route_that_mlflow_has_not() -> None:
    known = {(method, routes.short(path)) for method, path in flask_routes()}
    assert set(routes.RULES) - known == {("GET", "/metrics")}  # That of the counters, which is there when they are asked for.


def test_a_closed_route_is_no_route_of_the_table() -> None:
    assert [path for _, path in routes.RULES if path.startswith(routes.CLOSED_FAMILIES)] == ["ui-telemetry", "scorers/list"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gateway/anything/mlflow/invocations"),
        ("GET", "/ajax-api/3.0/mlflow/assistant/config"),
        ("GET", "/api/3.0/mlflow/mcp-servers"),
        ("POST", "/v1/traces"),
        ("GET", "/api/3.0/mlflow/gateway/secrets/list"),
        ("GET", "/api/3.0/mlflow/workspaces"),
        ("POST", "/ajax-api/2.0/mlflow/gateway-proxy"),
        ("POST", "/ajax-api/3.0/mlflow/scorer/invoke"),
        ("GET", "/api/2.0/mlflow/no-such-route"),
        ("GET", "/api/2.0//mlflow/registered-models/search"),
        ("DELETE", "/api/2.0/mlflow/experiments/get"),
        ("OPTIONS", "/api/2.0/mlflow/registered-models/search"),
    ],
)
def test_what_is_closed_is_closed_for_those_who_administer_too(server: Server, people: People, method: str, path: str) -> None:
    import requests

    answer = requests.request(
        method,
        f"{server.url}{path}",
        json={} if method == "POST" else None,
        headers={"Authorization": f"Bearer {people.token('platform-engineer')}"},
        timeout=30,
    )
    assert answer.status_code == 403
    assert answer.json()["message"] == "this part of MLflow is closed"


def test_health_is_for_everybody_and_nothing_else_is(server: Server) -> None:
    assert ask(server, path="/health").status_code == 200
    for path in ["/", "/version", "/metrics", "/static-files/index.html", "/api/3.0/mlflow/server-info", "/healthz", "/health/"]:
        assert ask(server, path=path).status_code == 401


def test_the_sources_name_this_file() -> None:
    assert Path(__file__).name in (Path(routes.__file__).read_text())
