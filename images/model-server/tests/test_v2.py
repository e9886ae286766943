"""The Open Inference Protocol over HTTP and gRPC, with KServe's own clients' messages."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest
from kserve.protocol.grpc import grpc_predict_v2_pb2 as pb
from kserve.protocol.grpc.grpc_predict_v2_pb2_grpc import GRPCInferenceServiceStub

from .process import Server, refused

IRIS = [[5.1, 3.5, 1.4, 0.2], [6.2, 3.4, 5.4, 2.3]]


@pytest.fixture(scope="module")
def rows(models: Path) -> Any:
    return json.loads((models / "cancer" / "serving_input_example.json").read_text())["dataframe_split"]


@pytest.fixture(scope="module")
def stub(cancer: Server) -> Iterator[Any]:
    with grpc.insecure_channel(f"127.0.0.1:{cancer.grpc_port}") as channel:
        yield GRPCInferenceServiceStub(channel)


def infer(server: Server, body: Any, **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body)
    named = {name.replace("_", "-").encode(): value.encode("latin-1") for name, value in headers.items()}
    return server.http.post(f"/v2/models/{server.folder.name}/infer", content=content, headers=named)


def matrix(data: Any, name: str = "rows", datatype: str = "FP64") -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": list(np.shape(data)), "data": np.ravel(data).tolist()}


def by_column(rows: Any) -> list[dict[str, Any]]:
    return [matrix([row[index] for row in rows["data"]], name) for index, name in enumerate(rows["columns"])]


def test_what_it_tells(cancer: Server) -> None:
    assert cancer.http.get("/v2").json()["name"] == "kserve"
    assert cancer.http.get("/v2/health/live").json() == {"live": True}
    assert cancer.http.get("/v2/health/ready").json() == {"ready": True}
    assert cancer.http.get("/v2/models").json() == {"models": ["cancer"]}
    assert cancer.http.get("/v2/models/cancer/ready").json() == {"name": "cancer", "ready": True}
    told = cancer.http.get("/v2/models/cancer/versions/3").json()
    assert told["versions"] == ["3"]
    assert told["inputs"][0] == {"name": "mean radius", "datatype": "FP64", "shape": [-1]}
    refused(cancer.http.get("/v2/models/other"), 404)
    refused(cancer.http.get("/v2/models/cancer/versions/4/ready"), 404)
    refused(cancer.http.post("/v2/repository/models/cancer/unload"), 404)


def test_one_tensor_and_a_tensor_for_each_column(cancer: Server, rows: Any) -> None:
    expected = np.ravel(cancer.invoke({"dataframe_split": rows}).json()["predictions"]).tolist()
    for inputs in ([matrix(rows["data"])], by_column(rows), [{**matrix(rows["data"]), "data": rows["data"]}]):
        answer = infer(cancer, {"id": "a", "inputs": inputs})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert (told["id"], told["model_name"], told["model_version"]) == ("a", "cancer", "3")
        assert told["outputs"] == [{"name": "output-0", "shape": [2, 2], "datatype": "FP64", "data": expected}]


def test_binary_tensors(cancer: Server, rows: Any) -> None:
    data = np.array(rows["data"])
    head = json.dumps(
        {
            "inputs": [{"name": "x", "datatype": "FP64", "shape": [2, 30], "parameters": {"binary_data_size": data.nbytes}}],
            "outputs": [{"name": "output-0", "parameters": {"binary_data": True}}],
        }
    ).encode()
    answer = infer(
        cancer, head + data.tobytes(), content_type="application/octet-stream", inference_header_content_length=str(len(head))
    )
    assert answer.status_code == 200, answer.text
    got = np.frombuffer(answer.content[int(answer.headers["inference-header-content-length"]) :])
    assert got == pytest.approx(np.ravel(cancer.invoke({"dataframe_split": rows}).json()["predictions"]))
    for length in ("9999999", "-1", "x", "5", "²", "¹²"):
        refused(infer(cancer, head, inference_header_content_length=length), 400)


def test_tensors_and_labels(serve: Callable[[str], Server]) -> None:
    answer = infer(serve("tensor"), {"inputs": [matrix(IRIS)]})
    assert answer.json()["outputs"] == [{"name": "output-0", "shape": [2], "datatype": "BYTES", "data": ["setosa", "virginica"]}]


WRONG: list[tuple[Any, str]] = [
    (b"", "empty"),
    (b"{", "not valid JSON"),
    (b"[]", "JSON object"),
    ({}, "'inputs'"),
    ({"inputs": []}, "'inputs'"),
    ({"inputs": {}}, "'inputs'"),
    ({"inputs": [1]}, "object"),
    ({"inputs": [{}]}, "'name'"),
    ({"inputs": [{"name": "x", "datatype": "FP64"}]}, "'shape'"),
    ({"inputs": [{"name": "x", "datatype": "FP64", "shape": [1]}]}, "data"),
    ({"inputs": [{"name": "x", "datatype": "FP64", "shape": [-1], "data": []}]}, "shape"),
    ({"inputs": [{"name": "x", "datatype": "FP64", "shape": ["1"], "data": [1]}]}, "shape"),
    ({"inputs": [{"name": "x", "datatype": "FP99", "shape": [1], "data": [1]}]}, "datatype"),
    ({"inputs": [{"name": "x", "datatype": "", "shape": [1], "data": [1]}]}, "datatype"),
    ({"inputs": [{"name": "x", "datatype": "FP16", "shape": [1], "data": [1]}]}, "FP16"),
    ({"inputs": [{"name": "x", "datatype": "FP64", "shape": [2], "data": [1]}]}, "1 values"),
    ({"inputs": [{"name": "x", "datatype": "FP64", "shape": [1], "data": ["1"]}]}, "FP64"),
    ({"inputs": [{"name": "x", "datatype": "FP64", "shape": [1], "data": [True]}]}, "FP64"),
    ({"inputs": [{"name": "x", "datatype": "INT8", "shape": [1], "data": [1000]}]}, "INT8"),
    ({"inputs": [{"name": "x", "datatype": "FP64", "shape": [1, 2, 3], "data": [1, 2, 3, 4, 5, 6]}]}, "shape [rows]"),
    ({"inputs": [matrix([[1.0, 2.0]])]}, "shape [rows, 30]"),
    ({"inputs": [matrix([1.0], "mean radius")]}, "lacks"),
    ({"inputs": [matrix([[1.0] * 30]), matrix([[1.0] * 30])]}, "twice"),
    ({"inputs": [{**matrix([[1.0] * 30]), "datatype": "BYTES", "data": ["a"] * 30}]}, "column 'mean radius'"),
    ({"inputs": [{**matrix([[1.0] * 30]), "parameters": 1}]}, "'parameters'"),
    ({"inputs": [matrix([[1.0] * 30])], "parameters": []}, "'parameters'"),
    ({"inputs": [matrix([[1.0] * 30])], "outputs": [{"name": "x"}]}, "'x'"),
    ({"inputs": [matrix([[1.0] * 30])], "outputs": [1]}, "name"),
    ({"inputs": [{**matrix([[1.0] * 30]), "shape": [0, 30], "data": []}]}, "no rows"),
]


@pytest.mark.parametrize(("body", "word"), WRONG)
def test_a_wrong_request_is_the_callers_mistake(cancer: Server, body: Any, word: str) -> None:
    refused(infer(cancer, body), 400, word)


def test_what_the_model_does_wrong_is_5xx(moody: Server) -> None:
    def mood(name: str) -> Any:
        text = {"name": "mood", "datatype": "BYTES", "shape": [1], "data": [name]}
        return infer(moody, {"inputs": [text, {"name": "value", "datatype": "FP64", "shape": [1], "data": [1]}]})

    assert mood("good").json()["outputs"][0]["data"] == [2.0]
    refused(mood("raise"), 500, "KeyError")
    refused(mood("nan"), 500, "NaN")


def request(rows: Any, **more: Any) -> Any:
    data = np.array(rows["data"])
    tensor = pb.ModelInferRequest.InferInputTensor(name="x", datatype="FP64", shape=data.shape)
    tensor.contents.fp64_contents.extend(data.ravel().tolist())
    return pb.ModelInferRequest(**({"model_name": "cancer", "id": "a", "inputs": [tensor]} | more))


def test_grpc(cancer: Server, stub: Any, rows: Any) -> None:
    assert stub.ServerLive(pb.ServerLiveRequest()).live
    assert stub.ServerReady(pb.ServerReadyRequest()).ready
    assert stub.ModelReady(pb.ModelReadyRequest(name="cancer")).ready
    told = stub.ModelMetadata(pb.ModelMetadataRequest(name="cancer"))
    assert (list(told.versions), told.inputs[0].name) == (["3"], "mean radius")
    expected = np.ravel(cancer.invoke({"dataframe_split": rows}).json()["predictions"])
    answer, call = stub.ModelInfer.with_call(request(rows))
    assert dict(call.initial_metadata())["x-model-version"] == "3"
    assert (answer.id, answer.model_version, list(answer.outputs[0].shape)) == ("a", "3", [2, 2])
    assert list(answer.raw_output_contents) or list(answer.outputs[0].contents.fp64_contents) == pytest.approx(expected)
    data = np.array(rows["data"])
    tensor = pb.ModelInferRequest.InferInputTensor(name="x", datatype="FP64", shape=data.shape)
    raw = stub.ModelInfer(request(rows, inputs=[tensor], raw_input_contents=[data.tobytes()]))
    assert np.frombuffer(raw.raw_output_contents[0]) == pytest.approx(expected)
    assert cancer.metric("model_requests_total", protocol="grpc", code="2xx") >= 2


def test_grpc_refuses_with_a_code_and_a_sentence(cancer: Server, stub: Any, rows: Any) -> None:
    def tensor(**more: Any) -> Any:
        given = {"name": "x", "datatype": "FP64", "shape": [2, 30]} | more
        return pb.ModelInferRequest.InferInputTensor(**given)

    cases = [
        (request(rows, model_name="other"), grpc.StatusCode.NOT_FOUND),
        (request(rows, model_version="4"), grpc.StatusCode.NOT_FOUND),
        (request(rows, inputs=[]), grpc.StatusCode.INVALID_ARGUMENT),
        (request(rows, inputs=[tensor()]), grpc.StatusCode.INVALID_ARGUMENT),
        (request(rows, inputs=[tensor(datatype="X")]), grpc.StatusCode.INVALID_ARGUMENT),
        (request(rows, inputs=[tensor(shape=[-1])]), grpc.StatusCode.INVALID_ARGUMENT),
        (request(rows, inputs=[tensor()], raw_input_contents=[b"abc"]), grpc.StatusCode.INVALID_ARGUMENT),
        (request(rows, inputs=[tensor()], raw_input_contents=[b"abc", b""]), grpc.StatusCode.INVALID_ARGUMENT),
        (request(rows, inputs=[tensor(datatype="BYTES")], raw_input_contents=[b"\xff"]), grpc.StatusCode.INVALID_ARGUMENT),
        (
            request(rows, inputs=[tensor()], raw_input_contents=[np.full(60, np.nan).tobytes()]),
            grpc.StatusCode.INVALID_ARGUMENT,
        ),
        (
            request(rows, inputs=[tensor()], raw_input_contents=[np.full(60, np.inf).tobytes()]),
            grpc.StatusCode.INVALID_ARGUMENT,
        ),
        (
            request(rows, inputs=[tensor()], raw_input_contents=[b"0" * 11 * 1024 * 1024]),
            grpc.StatusCode.RESOURCE_EXHAUSTED,
        ),
    ]
    failed = cancer.metric("model_requests_total", code="5xx")
    for given, code in cases:
        with pytest.raises(grpc.RpcError) as error:
            stub.ModelInfer(given)
        assert error.value.code() == code, error.value
        assert "Traceback" not in error.value.details()
        # Headers come with the answer: the gateway knows the status of a call that ends before them.
        assert "x-model-version" not in dict(error.value.initial_metadata())
    with pytest.raises(grpc.RpcError) as error:
        stub.RepositoryModelUnload(pb.RepositoryModelUnloadRequest(model_name="cancer"))
    assert error.value.code() == grpc.StatusCode.UNIMPLEMENTED
    assert dict(error.value.trailing_metadata())["x-model-version"] == "3"
    assert cancer.metric("model_requests_total", code="5xx") == failed
    assert stub.ModelInfer(request(rows)).model_version == "3"
