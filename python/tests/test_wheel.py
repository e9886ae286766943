"""What `pip install` brings."""

import subprocess
import sys
import zipfile
from pathlib import Path

PROJECT = Path(__file__).parent.parent


def test_the_wheel_has_the_modules_and_says_that_they_are_typed(tmp_path: Path) -> None:
    build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(tmp_path / "dist")]
    copy = tmp_path / "python"
    subprocess.run(["cp", "-r", str(PROJECT), str(copy)], check=True)  # setuptools leaves files beside what it builds.
    subprocess.run([sys.executable, "-m", "pip", *build, str(copy)], check=True)
    (wheel,) = (tmp_path / "dist").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = archive.read("millrace-0.1.0.dist-info/METADATA").decode()
    sources = {f"millrace/{path.name}" for path in (PROJECT / "src" / "millrace").iterdir() if path.is_file()}
    assert "millrace/py.typed" in sources
    assert {name for name in names if name.startswith("millrace/")} == sources
    assert "Requires-Dist: mlflow-skinny<4,>=3.5" in metadata
    assert "Requires-Python: >=3.10" in metadata
