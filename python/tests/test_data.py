import errno
import subprocess
from pathlib import Path
from typing import Any

import pytest

import millrace
from millrace.data import tree_digest


def make(folder: Path, **contents: str) -> Path:
    for path, text in contents.items():
        file = folder / path.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def test_the_version_of_files_is_the_digest_of_the_page(tmp_path: Path) -> None:
    folder = make(tmp_path / "data", b="1", a__ü="2", a__B="3", Z="")
    command = "find . -type f -printf '%P\\n' | LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum | cut -d ' ' -f 1"
    digest = subprocess.run(["sh", "-c", command], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()
    data = millrace.files("transactions", folder)
    assert tree_digest(folder) == digest
    assert data.version == digest[:32]
    assert str(data) == f"transactions@{digest[:32]}"
    assert [(file["path"], file["size"]) for file in data.manifest] == [("Z", 0), ("a/B", 1), ("a/ü", 1), ("b", 1)]
    assert data.source == str(folder)


def test_another_byte_or_another_name_is_another_version(tmp_path: Path) -> None:
    versions = {
        millrace.files("t", make(tmp_path / name, **contents)).version
        for name, contents in {"1": {"a": "x"}, "2": {"a": "y"}, "3": {"b": "x"}, "4": {"a": "x", "b": ""}}.items()
    }
    assert len(versions) == 4


def test_files_and_folders_make_one_version(tmp_path: Path) -> None:
    make(tmp_path, train__rows="1", labels="2", other="3")
    data = millrace.files("t", tmp_path / "train", str(tmp_path / "labels"))
    assert [file["path"] for file in data.manifest] == ["labels", "rows"]


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        ((), "'paths' of 't' must be files, or folders with files, got []"),
        (("empty",), "'paths' of 't' must be files, or folders with files, got ['empty']"),
        (("nowhere",), "'paths' must be files or folders that are there, got 'nowhere'"),
        (("one", "two"), "'paths' must have each path once, got 'rows' twice: name a folder above both"),
    ],
)
def test_paths_that_make_no_version_are_refused(
    paths: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, one__rows="1", two__rows="2")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(millrace.WrongArgument) as refused:
        millrace.files("t", *paths)
    assert str(refused.value) == said


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, rows="1")

    def forbidden(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(millrace.WrongArgument, match=r"must be files that can be read, got '.*rows': Permission denied"):
        millrace.files("t", tmp_path)


@pytest.mark.parametrize("value", ["", " x", "a@b", "a,b", "a\nb", "x" * 101, "\u202e", 7])
@pytest.mark.parametrize("argument", ["name", "version"])
def test_a_name_or_version_that_no_release_can_say_is_refused(argument: str, value: Any) -> None:
    with pytest.raises(millrace.WrongArgument, match=rf"'{argument}' of data must be one line of 1 to 100 characters"):
        millrace.Data(**{"name": "t", "version": "7", argument: value})
