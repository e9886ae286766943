"""PyTorch, where it is installed: its wheel of the package index brings CUDA, so neither the image nor the pins have it."""

from collections.abc import Callable

import pytest

from .process import Server, refused

pytest.importorskip("torch", reason="PyTorch is not installed")


def test_a_network(serve: Callable[[str], Server]) -> None:
    server = serve("torch")
    answer = server.invoke({"inputs": [[1, 1, 1, 1], [0.5, 0, 0, 0]]})
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["predictions"]) == 2
    refused(server.invoke({"inputs": [[1, 1, 1]]}), 400, "shape [any, 4]")
    refused(server.invoke({"inputs": [[1e39, 1, 1, 1]]}), 400, "float32")
