"""The script and the notebook of docs/guides, run as they stand there."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mlflow.tracking import MlflowClient
from sklearn.datasets import load_breast_cancer

import millrace

GUIDES = Path(__file__).parent.parent.parent / "docs" / "guides"


def script() -> str:
    (block,) = re.findall(r"^```python\n(.*?)^```", (GUIDES / "record.md").read_text(), re.DOTALL | re.MULTILINE)
    return str(block)


def notebook() -> str:
    cells = json.loads((GUIDES / "record.ipynb").read_text())["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("program", [script, notebook])
def test_what_the_guide_shows_leaves_a_complete_record(
    program: Callable[[], str], git: Callable[..., str], tmp_path: Path
) -> None:
    repository = tmp_path / "repository"
    (repository / "train.py").write_text(program())
    (repository / "data").mkdir()
    table = load_breast_cancer(as_frame=True).frame.rename(columns={"target": "fraud"})
    table.to_csv(repository / "data" / "transactions.csv", index=False)
    git("add", "train.py")
    git("commit", "--quiet", "--message", "train")
    ran = subprocess.run([sys.executable, "train.py"], cwd=repository, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    version = MlflowClient().get_model_version_by_alias("fraud", "candidate")
    assert version.run_id
    assert millrace.Recording("fraud", version.run_id).missing() == []
    tags = MlflowClient().get_run(version.run_id).data.tags
    assert tags["millrace.code"] == git("rev-parse", "HEAD")
    assert tags["millrace.data"] == str(millrace.files("transactions", repository / "data"))


def test_the_script_of_the_guide_is_short() -> None:
    assert len([line for line in script().splitlines() if line]) <= 30
