"""MLflow with our sign-in and rights: `mlflow server --app-name millrace`."""

import os
import sys
from pathlib import Path

from fastapi import FastAPI
from mlflow.server import app as flask_app
from mlflow.server.fastapi_app import app as fastapi_app

from millrace_auth.guard import protect
from millrace_auth.native import Front
from millrace_auth.table import InvalidTable, Table
from millrace_auth.tokens import SignIn

TABLE_FILE = "MILLRACE_TRACKING_ACCESS"
"""Variable that names the file of the table of rights."""

ADMIN_PASSWORD = "MLFLOW_AUTH_ADMIN_PASSWORD"  # noqa: S105 - the variable's name
"""Variable with the password of `admin`, the way in when no issuer answers."""

SHORTEST_PASSWORD = 32
"""Characters that the password must have: nobody types it, and a documented one is shorter."""


def create_app() -> Front:
    """Make the app, in each process of the server.

    Ends the process when the table cannot be read, or the password is missing or short.
    """
    file = os.environ.get(TABLE_FILE)
    if not file:
        sys.exit(f"{TABLE_FILE} must name the file with the table of rights")
    # What the process starts must not have it.
    password = os.environ.pop(ADMIN_PASSWORD, "")
    if len(password) < SHORTEST_PASSWORD:
        sys.exit(f"{ADMIN_PASSWORD} must have at least {SHORTEST_PASSWORD} characters, got {len(password)}")
    try:
        table = Table.read(Path(file))
    except InvalidTable as error:
        sys.exit(str(error))
    protect(flask_app, table)
    inner: FastAPI = fastapi_app
    return Front(inner, table, SignIn(table, password))
