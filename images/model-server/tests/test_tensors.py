"""Values that look like tensors, and are none: mistakes of the caller."""

import numpy as np
import pytest

from model_server.errors import CallerError
from model_server.signature import TensorInput
from model_server.tensors import Tensor, TensorSignature


def test_bytes_that_are_no_text_are_the_callers_mistake() -> None:
    tensor = Tensor("t", np.dtype("O"), [-1])
    with pytest.raises(CallerError, match="no UTF-8"):
        tensor.array(np.array([b"\xff\xfe"], dtype=object))
    assert tensor.array(np.array(["ü".encode()], dtype=object)).tolist() == ["ü"]


@pytest.mark.parametrize("columns", [[["t"], "x"], [{"a": 1}, "x"], [None, "x"]])
def test_names_of_tensors_are_texts(columns: list[object]) -> None:
    tensors = TensorSignature([Tensor("t", np.dtype("float64"), [-1]), Tensor("x", np.dtype("float64"), [-1])])
    with pytest.raises(CallerError, match="must be texts"):
        TensorInput(tensors).from_form("dataframe_split", {"columns": columns, "data": [[1.0, 2.0]]})
