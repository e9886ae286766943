"""The images of the tracking server and of the feature server, made by the steps of their Dockerfiles."""

import subprocess
from pathlib import Path

import pytest

from .dockerfile import built, steps_of
from .process import PROJECT

pytestmark = pytest.mark.slow

IMAGES = PROJECT.parent
APPS = """
from importlib.metadata import entry_points
for app in entry_points(group="mlflow.app", name="millrace"):
    print(app.load().__module__)
"""


def said(root: Path, *words: str, environment: dict[str, str] | None = None) -> str:
    local = root / "usr" / "local" / "bin"
    command = [str(local / words[0]), *words[1:]]
    variables = {"PATH": f"{local}:/usr/bin:/bin", "HOME": str(root), "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})}
    done = subprocess.run(command, env=variables, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_image_of_the_tracking_server_has_mlflow_and_our_app(tmp_path: Path) -> None:
    root = built(IMAGES / "mlflow" / "Dockerfile", IMAGES.parent, tmp_path)
    assert (root / "useradd").read_text().startswith("--uid 1000 ")
    wanted = next(
        line for line in (IMAGES / "mlflow" / "requirements.txt").read_text().splitlines() if line.startswith("mlflow==")
    )
    assert said(root, "mlflow", "--version").strip() == f"mlflow, version {wanted.split()[0].removeprefix('mlflow==')}"
    assert said(root, "python", "-c", APPS).split() == ["millrace_auth.app"]


def test_the_image_of_the_feature_server_has_its_commands_and_the_definitions(tmp_path: Path) -> None:
    root = built(IMAGES / "feature-server" / "Dockerfile", IMAGES.parent, tmp_path)
    assert (root / "useradd").read_text().startswith("--uid 1000 ")
    help_of = said(root, "python", "-m", "feature_store", "--help", environment={"PYTHONPATH": str(root / "app")})
    assert all(word in help_of for word in ("apply", "materialize", "serve", "skew")), help_of
    assert {each.name for each in (root / "features").iterdir()} == {
        each.name for each in (IMAGES.parent / "features").iterdir() if each.suffix in {".py", ".yaml"}
    }


@pytest.mark.parametrize("name", ["mlflow", "feature-server"])
def test_the_base_image_has_no_default_and_the_user_is_no_root(name: str) -> None:
    steps = steps_of(IMAGES / name / "Dockerfile")
    assert "ARG BASE\n" in steps
    assert "\nUSER 1000:1000\n" in steps
