"""Requests that hypothesis makes, against the real server: no answer is 5xx, and every answer has its version."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .process import Server
from .test_columns import ANYTHING

HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "content-type": st.sampled_from(["application/json", "text/csv", "application/octet-stream", "x", ""]),
        "content-encoding": st.sampled_from(["gzip", "identity", "deflate", ""]),
        "inference-header-content-length": st.sampled_from(["0", "5", "10", "-1", "x", "99999999999999999999"]),
        "accept": st.sampled_from(["*/*", "text/html"]),
    },
)
PATHS = st.sampled_from(
    ["/invocations", "/v2/models/cancer/infer", "/v2/models/cancer", "/ping", "/metrics", "/", "/%00", "/v2/models/x/infer"]
)
INPUT = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["x", "mean radius", ""]) | ANYTHING,
        "datatype": st.sampled_from(["FP64", "FP32", "INT64", "BYTES", "BOOL", "FP16"]) | ANYTHING,
        "shape": st.lists(st.integers(-1, 40), max_size=3) | ANYTHING,
        "data": ANYTHING,
        "parameters": st.dictionaries(st.sampled_from(["binary_data_size", "x"]), ANYTHING, max_size=2) | ANYTHING,
    },
)
BODIES: st.SearchStrategy[Any] = st.one_of(
    ANYTHING,
    st.dictionaries(
        st.sampled_from(["instances", "inputs", "dataframe_split", "dataframe_records", "params"]), ANYTHING, max_size=2
    ),
    st.fixed_dictionaries(
        {"inputs": st.lists(INPUT, max_size=2)}, optional={"outputs": ANYTHING, "id": ANYTHING, "parameters": ANYTHING}
    ),
)


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.sampled_from(["POST", "POST", "POST", "GET", "PUT"]), PATHS, HEADERS, BODIES | st.binary(max_size=50))
def test_nothing_a_caller_sends_is_the_servers_failure(
    cancer: Server, method: str, path: str, headers: dict[str, str], body: Any
) -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = cancer.http.request(method, path, content=content, headers=headers)
    assert answer.status_code < 500, (answer.text, content)
    assert answer.headers["x-model-version"] == "3"
    assert "Traceback" not in answer.text
