"""Runs both servers in turn on the same model, with the same load generator, and prints a table."""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import uvloop

from .process import PROJECT, free_port, variables

SERVERS = ("millrace", "mlflow")


def command(server: str, model: Path, port: int) -> tuple[list[str], dict[str, str]]:
    if server == "millrace":
        return [sys.executable, "-m", "model_server"], variables(model, PORT=port, GRPC_PORT=0)
    # What the documentation of MLflow says, with one process as here.
    options = ["-m", str(model), "--env-manager", "local", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MLFLOW_DISABLE_TELEMETRY": "true"}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return [sys.executable, "-m", "mlflow", "models", "serve", *options], {**os.environ, **threads, "PATH": path}


def tree_rss(pid: int) -> int:
    """Resident memory of the server, MB. MLflow starts it as a child."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    if children:
        return max(tree_rss(int(child)) for child in children)
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


async def load(port: int, body: bytes, connections: int, seconds: float) -> list[float]:
    """Latencies, seconds: each connection sends its next request when it has the answer to the last one."""
    request = (
        b"POST /invocations HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        b"content-length: %d\r\n\r\n%b" % (len(body), body)
    )
    latencies: list[float] = []
    end = time.perf_counter() + seconds

    async def caller() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (began := time.perf_counter()) < end:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
            latencies.append(time.perf_counter() - began)
        writer.close()

    await asyncio.gather(*(caller() for _ in range(connections)))
    return latencies


def measure(
    server: str, model: Path, body: bytes, levels: list[int], seconds: float
) -> dict[int, tuple[float, float, float, int]]:
    port = free_port()
    arguments, environment = command(server, model, port)
    began = time.monotonic()
    process = subprocess.Popen(
        arguments, env=environment, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        while True:
            assert process.poll() is None, f"{server} does not start"
            try:
                if httpx.get(f"http://127.0.0.1:{port}/ping").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.02)
        print(f"{server}: /ping answers 200 after {time.monotonic() - began:.1f} s, {tree_rss(process.pid)} MB", flush=True)
        uvloop.run(load(port, body, 4, 2))
        results = {}
        for level in levels:
            latencies = sorted(uvloop.run(load(port, body, level, seconds)))
            count = len(latencies)
            p50, p99 = (1000 * latencies[int(count * share)] for share in (0.5, 0.99))
            results[level] = (count / seconds, p50, p99, tree_rss(process.pid))
        return results
    finally:
        os.killpg(process.pid, 15)
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "--model", type=Path, help="folder of a model with an input example (default: scikit-learn's cancer data)"
    )
    parser.add_argument("--rows", type=int, default=1, help="rows of a request (default: 1)")
    parser.add_argument(
        "--connections", type=int, nargs="+", default=[1, 4, 16, 64], help="callers at the same time (default: 1 4 16 64)"
    )
    parser.add_argument("--seconds", type=float, default=10, help="time of each measurement (default: 10)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = options.model
        if model is None:
            model = Path(folder) / "cancer"
            subprocess.run(
                [sys.executable, "-m", "tests.models", folder, "cancer"], cwd=PROJECT, check=True, stderr=subprocess.DEVNULL
            )
        example = json.loads((model / "serving_input_example.json").read_text())
        split = example["dataframe_split"]
        split["data"] = (split["data"] * options.rows)[: options.rows]
        body = json.dumps(example).encode()
        print(f"{options.rows} rows a request, {len(body)} bytes, load of the machine {os.getloadavg()[0]:.1f}")
        results = {server: measure(server, model, body, options.connections, options.seconds) for server in SERVERS}
    print("| callers | server | requests/s | p50 ms | p99 ms | RSS MB |\n|---|---|---|---|---|---|")
    for level in options.connections:
        for server in SERVERS:
            rate, p50, p99, rss = results[server][level]
            print(f"| {level} | {server} | {rate:.0f} | {p50:.1f} | {p99:.1f} | {rss} |")
    for level in options.connections:
        ours, theirs = results["millrace"][level], results["mlflow"][level]
        print(f"{level} callers: {ours[0] / theirs[0]:.2f} times the requests, {ours[2] / theirs[2]:.2f} times the p99")


if __name__ == "__main__":
    main()
