"""The script of docs/guides/record.md, as it stands there, with a job's token: the server takes what the package leaves."""

import re
import subprocess
import sys
from pathlib import Path

import requests
from sklearn.datasets import load_breast_cancer

from tests.people import People
from tests.records import API
from tests.server import PACKAGE, SOURCES, Server

GUIDE = SOURCES.parent.parent / "docs" / "guides" / "record.md"


def test_the_script_of_the_guide_registers_its_model(server: Server, people: People, tmp_path: Path) -> None:
    (script,) = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(), re.DOTALL | re.MULTILINE)
    (tmp_path / "train.py").write_text(script)
    (tmp_path / ".gitignore").write_text("/data/\n")
    for command in (["init"], ["add", "train.py", ".gitignore"], ["commit", "--message", "train"]):
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
        subprocess.run(["git", *who, *command], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "data").mkdir()
    table = load_breast_cancer(as_frame=True).frame.rename(columns={"target": "fraud"})
    table.to_csv(tmp_path / "data" / "transactions.csv", index=False)
    token = people.token("trainer")
    own = {"MLFLOW_TRACKING_URI": server.url, "MLFLOW_TRACKING_TOKEN": token, "PYTHONPATH": str(PACKAGE)}
    ran = subprocess.run(
        [sys.executable, "train.py"],
        env={**server.variables_of_client(), **own},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    answer = requests.get(
        f"{server.url}{API}/registered-models/alias?name=fraud&alias=candidate",
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
    )
    assert answer.json()["model_version"]["run_id"] in ran.stdout
