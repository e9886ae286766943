"""One real server for all tests, with two teams, three issuers and the seven roles."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.issuers import Issuer
from tests.people import People, table
from tests.server import Server

os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0"


@pytest.fixture(scope="session")
def people() -> Iterator[People]:
    with Issuer("mlflow-people") as company, Issuer("mlflow", "ES256") as cluster, Issuer("mlflow") as ci:
        yield People(company, cluster, ci)


@pytest.fixture(scope="session")
def server(people: People, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("server")
    with Server(folder, table(people)) as running:
        yield running
