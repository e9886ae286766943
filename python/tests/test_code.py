import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from millrace import WrongArgument
from millrace.code import VARIABLE, code_version

COMMIT = "d" * 40


@pytest.fixture(autouse=True)
def _notebook(git: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a notebook: there is no script, and the current folder is the repository."""
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    monkeypatch.chdir(tmp_path / "repository")
    monkeypatch.delenv(VARIABLE, raising=False)


def test_the_version_is_the_commit(git: Callable[..., str]) -> None:
    assert code_version() == git("rev-parse", "HEAD")


@pytest.mark.parametrize("file", [".gitignore", "new.py"])
def test_a_file_that_differs_or_is_new_marks_it(file: str, git: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "repository" / file).write_text("changed")
    assert code_version() == f"{git('rev-parse', 'HEAD')}-dirty"


def test_data_that_git_ignores_marks_nothing(git: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "repository" / "data").mkdir()
    (tmp_path / "repository" / "data" / "rows").write_text("1")
    assert code_version() == git("rev-parse", "HEAD")


def test_the_repository_of_the_script_goes_before_the_current_folder(
    git: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = ModuleType("__main__")
    script.__file__ = str(tmp_path / "repository" / "train.py")
    monkeypatch.setitem(sys.modules, "__main__", script)
    monkeypatch.chdir(tmp_path)
    assert code_version() == git("rev-parse", "HEAD")


def test_outside_a_repository_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert code_version() is None


def test_without_git_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert code_version() is None


def test_an_image_names_its_commit_by_a_variable_and_a_script_by_an_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "e" * 40)
    assert code_version() == "e" * 40
    assert code_version(COMMIT) == COMMIT


def test_a_commit_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WrongArgument, match=r"'code' must be a commit of Git, 40 hexadecimal digits, got 'main'"):
        code_version("main")
    monkeypatch.setenv(VARIABLE, "v1.2")
    with pytest.raises(WrongArgument, match=r"'MILLRACE_CODE' must be a commit of Git"):
        code_version()
