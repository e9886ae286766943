"""What every route of MLflow needs. A route that is not here is closed; `tests/test_routes.py` fails for it.

A line is a method, and a path without `/api/2.0/mlflow/`. MLflow serves each of these below `/api/` for programs
and below `/ajax-api/` for its pages, some of them in two versions. Other paths stand in full.
"""

import re
from collections.abc import Iterator

from millrace_auth.rules import CLOSED, SIGNED_IN, On, Rule
from millrace_auth.table import ADMINISTER

_PREFIX = re.compile(r"^/(?:ajax-)?api/[23]\.0/mlflow/")


def short(path: str) -> str:
    """Name of a route in the table, by MLflow's path or pattern of it."""
    return _PREFIX.sub("", path)


def _lines(rule: Rule, lines: str) -> Iterator[tuple[tuple[str, str], Rule]]:
    for line in lines.strip().splitlines():
        method, path = line.split()
        yield (method, path), rule


_TRACK = "track-runs"
_REGISTER = "register-candidates"

RULES: dict[tuple[str, str], Rule] = dict(
    [
        *_lines(
            SIGNED_IN,
            """
            GET /
            GET /version
            GET /static-files/<path:path>
            GET /build/<path:filename>
            GET /health
            GET server-info
            GET ui-telemetry
            """,
        ),
        *_lines(
            Rule(_TRACK, On.TRACKED),
            """
            GET experiments/get
            POST experiments/search-datasets
            POST /api/2.0mlflow/experiments/search-datasets
            POST /ajax-api/2.0mlflow/experiments/search-datasets
            GET runs/get
            POST runs/search
            GET artifacts/list
            POST artifacts/presigned-download-url
            GET metrics/get-history
            GET metrics/get-history-bulk
            GET metrics/get-history-bulk-interval
            GET /get-artifact
            GET logged-models/<model_id>
            POST logged-models/search
            GET logged-models/<model_id>/artifacts/directories
            GET logged-models/<model_id>/artifacts/files
            GET traces
            GET traces/<request_id>/info
            GET traces/<trace_id>
            GET traces/get
            GET traces/batchGet
            POST traces/batchGetInfos
            POST traces/search
            POST traces/calculate-filter-correlation
            POST traces/metrics
            GET traces/<trace_id>/assessments/<assessment_id>
            GET get-trace-artifact
            GET scorers/list
            """,
        ),
        *_lines(
            Rule(_TRACK, On.TRACKED, writes=True),
            """
            POST experiments/update
            POST experiments/delete
            POST experiments/restore
            POST runs/create
            POST runs/update
            POST runs/delete
            POST runs/restore
            POST runs/log-metric
            POST runs/log-parameter
            POST runs/log-batch
            POST runs/log-model
            POST runs/log-inputs
            POST runs/outputs
            POST runs/set-tag
            POST runs/delete-tag
            POST artifacts/presigned-upload-url
            POST upload-artifact
            POST logged-models
            PATCH logged-models/<model_id>
            DELETE logged-models/<model_id>
            PATCH logged-models/<model_id>/tags
            DELETE logged-models/<model_id>/tags/<tag_key>
            POST logged-models/<model_id>/params
            PATCH traces/<request_id>
            PATCH traces/<request_id>/tags
            DELETE traces/<request_id>/tags
            PATCH traces/<trace_id>/tags
            DELETE traces/<trace_id>/tags
            POST traces/link-to-run
            POST traces/delete-traces
            POST traces/<trace_id>/assessments
            PATCH traces/<trace_id>/assessments/<assessment_id>
            DELETE traces/<trace_id>/assessments/<assessment_id>
            """,
        ),
        *_lines(
            Rule(_TRACK, On.SEARCH),
            """
            GET experiments/search
            POST experiments/search
            """,
        ),
        *_lines(Rule(_TRACK, On.BY_NAME), "GET experiments/get-by-name"),
        *_lines(Rule(_TRACK, On.NEW_EXPERIMENT, writes=True), "POST experiments/create"),
        *_lines(
            Rule(_TRACK, On.EXPERIMENT_TAG, writes=True),
            """
            POST experiments/set-experiment-tag
            POST experiments/delete-experiment-tag
            """,
        ),
        *_lines(Rule(_TRACK, On.TRACE, writes=True), "POST traces"),
        *_lines(
            Rule(_TRACK, On.PATH),
            """
            GET /api/2.0/mlflow-artifacts/artifacts
            GET /ajax-api/2.0/mlflow-artifacts/artifacts
            GET /api/2.0/mlflow-artifacts/artifacts/<path:artifact_path>
            GET /ajax-api/2.0/mlflow-artifacts/artifacts/<path:artifact_path>
            GET /api/2.0/mlflow-artifacts/presigned/<path:artifact_path>
            GET /ajax-api/2.0/mlflow-artifacts/presigned/<path:artifact_path>
            """,
        ),
        *_lines(
            Rule(_TRACK, On.PATH, writes=True),
            """
            PUT /api/2.0/mlflow-artifacts/artifacts/<path:artifact_path>
            PUT /ajax-api/2.0/mlflow-artifacts/artifacts/<path:artifact_path>
            POST /api/2.0/mlflow-artifacts/mpu/create/<path:artifact_path>
            POST /ajax-api/2.0/mlflow-artifacts/mpu/create/<path:artifact_path>
            POST /api/2.0/mlflow-artifacts/mpu/complete/<path:artifact_path>
            POST /ajax-api/2.0/mlflow-artifacts/mpu/complete/<path:artifact_path>
            POST /api/2.0/mlflow-artifacts/mpu/abort/<path:artifact_path>
            POST /ajax-api/2.0/mlflow-artifacts/mpu/abort/<path:artifact_path>
            """,
        ),
        *_lines(
            Rule("read-registry"),
            """
            GET registered-models/get
            GET registered-models/search
            GET registered-models/get-latest-versions
            POST registered-models/get-latest-versions
            GET registered-models/alias
            GET model-versions/get
            GET model-versions/search
            GET model-versions/get-download-uri
            """,
        ),
        *_lines(Rule(_TRACK, On.MODEL), "GET /model-versions/get-artifact"),
        *_lines(Rule(_REGISTER, On.NEW_MODEL, writes=True), "POST registered-models/create"),
        *_lines(Rule(_REGISTER, On.VERSION, writes=True), "POST model-versions/create"),
        *_lines(
            Rule(_REGISTER, On.MODEL, writes=True),
            """
            PATCH registered-models/update
            PATCH model-versions/update
            POST model-versions/set-tag
            DELETE model-versions/delete-tag
            """,
        ),
        *_lines(
            Rule(_REGISTER, On.MODEL_TAG, writes=True),
            """
            POST registered-models/set-tag
            DELETE registered-models/delete-tag
            """,
        ),
        *_lines(
            Rule(None, On.ALIAS, writes=True),
            """
            POST registered-models/alias
            DELETE registered-models/alias
            """,
        ),
        *_lines(Rule(None, On.GRAPHQL), "GET /graphql"),
        *_lines(Rule(None, On.GRAPHQL), "POST /graphql"),
        # What is registered stays: its name, its versions, their files. Stages say what serves, as aliases do.
        *_lines(
            Rule(ADMINISTER, writes=True),
            """
            POST registered-models/rename
            DELETE registered-models/delete
            DELETE model-versions/delete
            POST model-versions/transition-stage
            DELETE /api/2.0/mlflow-artifacts/artifacts/<path:artifact_path>
            DELETE /ajax-api/2.0/mlflow-artifacts/artifacts/<path:artifact_path>
            POST webhooks
            PATCH webhooks/<webhook_id>
            DELETE webhooks/<webhook_id>
            POST webhooks/<webhook_id>/test
            """,
        ),
        *_lines(
            Rule(ADMINISTER),
            """
            GET webhooks
            GET webhooks/<webhook_id>
            GET /metrics
            """,
        ),
    ]
)

CLOSED_FAMILIES = (
    "datasets/",
    "demo/",
    "gateway/",
    "gateway-proxy",
    "genai/",
    "get-online-trace-details",
    "issues",
    "jobs/",
    "label-schemas/",
    "prompt-optimization/",
    "review-queues/",
    "runs/create-promptlab-run",
    "scorer/",
    "scorers/",
    "traces/link-prompts",
    "ui-telemetry",
    "unified-traces",
    "workspaces",
)
"""Parts of MLflow for language models and other set-ups, by which the server calls others or runs code. Millrace uses none."""


def rule_of(method: str, path: str | None) -> Rule:
    """What a route needs, by the pattern that the server has matched; closed where nothing is known of it."""
    if path is None:
        return CLOSED
    return RULES.get(("GET" if method == "HEAD" else method, short(path)), CLOSED)


def is_known(method: str, path: str) -> bool:
    """Whether somebody has decided about a route, for the test of all routes."""
    return (method, short(path)) in RULES or short(path).startswith(CLOSED_FAMILIES)
