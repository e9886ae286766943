"""SIGTERM: running requests get their answer, new ones are refused, and the process ends in time."""

import concurrent.futures
import json
import signal
import socket
import time
from pathlib import Path

import grpc
import httpx
import pytest
from kserve.protocol.grpc import grpc_predict_v2_pb2 as pb
from kserve.protocol.grpc.grpc_predict_v2_pb2_grpc import GRPCInferenceServiceStub

from .process import Server


def sleep(seconds: float) -> str:
    return json.dumps({"dataframe_records": [{"mood": "sleep", "value": seconds}]})


def grpc_sleep(port: int, seconds: float) -> float:
    mood = pb.ModelInferRequest.InferInputTensor(name="mood", datatype="BYTES", shape=[1])
    mood.contents.bytes_contents.append(b"sleep")
    value = pb.ModelInferRequest.InferInputTensor(name="value", datatype="FP64", shape=[1])
    value.contents.fp64_contents.append(seconds)
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        answer = GRPCInferenceServiceStub(channel).ModelInfer(pb.ModelInferRequest(model_name="moody", inputs=[mood, value]))
    number: float = answer.outputs[0].contents.fp64_contents[0]
    return number


def test_running_requests_finish_and_new_ones_are_refused(models: Path) -> None:
    with Server(models / "moody", {"PREDICT_THREADS": 8}) as server, concurrent.futures.ThreadPoolExecutor(8) as threads:
        idle = socket.create_connection(("127.0.0.1", server.port), timeout=5)
        idle.sendall(b"GET /ping HTTP/1.1\r\nhost: x\r\n\r\n")
        got = b""
        while not got.endswith(b"\r\n\r\n\n"):
            got += idle.recv(1000)
        running = [threads.submit(server.invoke, sleep(1.5)) for _ in range(4)]
        over_grpc = threads.submit(grpc_sleep, server.grpc_port, 1.5)
        time.sleep(0.7)
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        with pytest.raises(httpx.ConnectError):
            httpx.post(f"{server.url}/invocations", content=sleep(0))
        assert idle.recv(1000) == b""
        assert [request.result().json() for request in running] == [{"predictions": [3.0]}] * 4
        assert over_grpc.result() == 3.0
        assert server.process.wait(5) == 0
        assert time.monotonic() - began < 3


def test_a_request_that_does_not_end_does_not_keep_the_server(models: Path) -> None:
    with Server(models / "moody", {"REQUEST_SECONDS": 2}) as server, concurrent.futures.ThreadPoolExecutor(1) as threads:
        running = threads.submit(server.invoke, sleep(30))
        time.sleep(0.5)
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert running.result().status_code == 504
        assert server.process.wait(10) == 0
        assert time.monotonic() - began < 4


def test_a_signal_while_the_model_loads(models: Path) -> None:
    server = Server(models / "cancer")
    for _ in range(100):
        time.sleep(0.05)
        try:
            answer = httpx.get(f"{server.url}/ping")
        except httpx.TransportError:
            continue
        break
    assert answer.status_code == 503
    assert answer.headers["x-model-version"] == "3"
    assert httpx.get(f"{server.url}/metrics").status_code == 200
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(10) == 0
