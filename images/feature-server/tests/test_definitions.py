"""Definitions that break a rule: which one, which field, which value. All in one run, and no stack trace."""

import subprocess
import sys
from pathlib import Path

import pytest

from feature_store.definitions import read_definitions, read_settings
from feature_store.errors import Stopped

from .conftest import DEFINITIONS, forget

GOOD = (DEFINITIONS / "fraud.py").read_text()

CASES = {
    "no entity": ("entities=[card],", "entities=[],", "'card_spending': entities must name at least one entity, got none"),
    "no ttl": ("ttl=timedelta(days=7),", "ttl=None,", "'card_spending': ttl must be longer than nothing, got 'None'"),
    "ttl of 0": (
        "ttl=timedelta(days=7),",
        "ttl=timedelta(0),",
        "'card_spending': ttl must be longer than nothing, got '0:00:00'",
    ),
    "a name of a view": ('name="card_spending"', 'name="Card-Spending"', "got 'Card-Spending'"),
    "a name of a feature": ('name="purchases_7d"', 'name="7d"', "feature '7d': the name must be"),
    "a name that is too long": ('name="card_spending"', f'name="{"c" * 60}"', "the name must have at most 55 characters"),
    "a service without views": ("features=[card_spending, purchase_against_usual]", "features=[]", "'fraud': features must name"),
    "values on demand that are kept": (
        "@on_demand_feature_view(",
        "@on_demand_feature_view(write_to_online_store=True, entities=[card], ",
        "write_to_online_store must be False",
    ),
    "a fault in Python": ("timedelta(days=7)", "timedelta(dais=7)", "fraud.py line 18 must define features: 'dais'"),
    "no Python": (
        "fraud = FeatureService(",
        "fraud = = FeatureService(",
        "fraud.py line 37 must define features: invalid syntax",
    ),
}


def check(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "feature_store", "check", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(autouse=True)
def _own_modules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    forget(monkeypatch)
    monkeypatch.chdir(tmp_path)


def folder_with(tmp_path: Path, fraud: str, sources: str | None = None) -> Path:
    (tmp_path / "fraud.py").write_text(fraud)
    (tmp_path / "sources.py").write_text(sources or (DEFINITIONS / "sources.py").read_text())
    (tmp_path / "feature_store.yaml").write_text((DEFINITIONS / "feature_store.yaml").read_text())
    return tmp_path


@pytest.mark.parametrize("name", CASES)
def test_a_rule_that_is_broken(name: str, tmp_path: Path) -> None:
    before, after, said = CASES[name]
    assert before in GOOD
    with pytest.raises(Stopped) as stopped:
        read_definitions(folder_with(tmp_path, GOOD.replace(before, after)), "test")
    assert said in str(stopped.value)
    assert stopped.value.exit_code == 2


def test_faults_are_told_together_and_without_a_trace(tmp_path: Path) -> None:
    sources = (DEFINITIONS / "sources.py").read_text().replace('        created_timestamp_column="created",\n', "")
    done = check(folder_with(tmp_path, GOOD.replace("timedelta(days=7)", "None"), sources))
    assert "ttl must be" in done.stderr
    assert "created_timestamp_column, got none" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 2


def test_a_folder_without_settings(tmp_path: Path) -> None:
    with pytest.raises(Stopped, match="must be the settings of Feast, got no file"):
        read_settings(tmp_path)


def test_the_example_is_well_defined(tmp_path: Path) -> None:
    contents = read_definitions(folder_with(tmp_path, GOOD), "millrace")
    assert [service.name for service in contents.feature_services] == ["fraud"]
