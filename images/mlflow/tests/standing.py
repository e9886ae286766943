"""`python -m tests.standing <folder>`: a real server for other tests, until its input ends. Prints its address and tokens."""

import json
import sys
from pathlib import Path

from tests.issuers import Issuer
from tests.people import People, table
from tests.server import Server

ROLES = ("ci", "trainer", "data-scientist", "platform-engineer", "auditor")


def main() -> None:
    """Stand."""
    folder = Path(sys.argv[1])
    with Issuer("mlflow-people") as company, Issuer("mlflow", "ES256") as cluster, Issuer("mlflow") as ci:
        people = People(company, cluster, ci)
        with Server(folder, table(people)) as server:
            print(json.dumps({"url": server.url, "tokens": {role: people.token(role) for role in ROLES}}), flush=True)
            sys.stdin.read()


if __name__ == "__main__":
    main()
