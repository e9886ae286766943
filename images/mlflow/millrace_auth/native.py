"""Stands before the whole server: asks who calls, and decides about FastAPI's routes; `guard` decides about Flask's."""

import re
import uuid
from collections.abc import Mapping

import anyio
from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import Match, Mount, compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from millrace_auth.calls import Call, refusal_body, set_current
from millrace_auth.decision import Judge, Refused
from millrace_auth.keys import KeysOutOfReach
from millrace_auth.objects import Unknown, experiment_of_path
from millrace_auth.rules import SIGNED_IN, On, Rule
from millrace_auth.table import Table
from millrace_auth.tokens import NotSignedIn, SignIn

_FILE = "mlflow-artifacts/artifacts/{artifact_path:path}"
_READ_FILE = Rule("track-runs", On.PATH)
_WRITE_FILE = Rule("track-runs", On.PATH, writes=True)

OPEN: Mapping[tuple[str, str], Rule] = {
    ("GET", "/health"): SIGNED_IN,
    ("GET", "/api/3.0/mlflow/server-info"): SIGNED_IN,
    ("GET", "/ajax-api/3.0/mlflow/server-info"): SIGNED_IN,
    ("GET", f"/api/2.0/{_FILE}"): _READ_FILE,
    ("GET", f"/ajax-api/2.0/{_FILE}"): _READ_FILE,
    ("PUT", f"/api/2.0/{_FILE}"): _WRITE_FILE,
    ("PUT", f"/ajax-api/2.0/{_FILE}"): _WRITE_FILE,
}
"""What each route of FastAPI needs. One that is not here is closed."""

CLOSED_FAMILIES = re.compile(
    r"^/v1/traces$|^/gateway/|^/(?:ajax-)?api/3\.0/(?:mlflow/(?:assistant|mcp-servers)|jobs|mlflow/jobs)"
)
"""Routes of FastAPI about which it is decided that nobody calls them, for the test of all routes."""

_PATTERNS = [(method, compile_path(path)[0], rule) for (method, path), rule in OPEN.items()]

_REQUEST_ID = re.compile(r"[\w.:-]{1,128}")


class Front:
    """The server behind the sign-in."""

    def __init__(self, app: FastAPI, table: Table, sign_in: SignIn) -> None:
        self.app = app
        self._table = table
        self._sign_in = sign_in
        self._native = [route for route in app.routes if not isinstance(route, Mount)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let the server answer it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            # Nothing here speaks over a WebSocket.
            await send({"type": "websocket.close", "code": 1000})
            return
        if scope["path"] == "/health" and scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = HTTPConnection(scope).headers
        asked_id = headers.get("x-request-id", "")
        request_id = asked_id if _REQUEST_ID.fullmatch(asked_id) else uuid.uuid4().hex
        call = Call(scope["method"], scope["path"], request_id, writes=scope["method"] not in ("GET", "HEAD", "OPTIONS"))
        set_current(call)
        refusal = await anyio.to_thread.run_sync(self._refusal, call, scope)
        app: ASGIApp = refusal or self.app

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                call.audit(message["status"])
            await send(message)

        await app(scope, receive, send_on)

    def _refusal(self, call: Call, scope: Scope) -> Response | None:
        """The answer to a request that goes no further; none for one that does."""
        authorization = [value for name, value in scope["headers"] if name == b"authorization"]
        try:
            call.caller = self._sign_in.caller(authorization)
            rule = self._rule(scope)
            if rule is not None:
                call.needs(rule.action, writes=rule.writes)
                self._decide(rule, call, scope)
        except NotSignedIn as error:
            call.refused(str(error))
            return _response(401, str(error), _challenge(str(error), bool(authorization)))
        except KeysOutOfReach:
            call.refused("the issuer's keys are out of reach")
            return _response(503, "the issuer of the token does not give its keys: try again", {"Retry-After": "5"})
        except (Refused, Unknown) as error:
            reason = str(error) if isinstance(error, Refused) else "the path lies in no experiment"
            call.refused(reason)
            return _response(403, reason)
        # Flask says for itself what it needs.
        call.writes = call.writes if rule is not None else False
        return None

    def _rule(self, scope: Scope) -> Rule | None:
        """What a route of FastAPI needs; none for what Flask serves."""
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        found = next((rule for each, pattern, rule in _PATTERNS if each == method and pattern.match(scope["path"])), None)
        if found is None and any(route.matches(scope)[0] is Match.FULL for route in self._native):
            raise Refused("this part of MLflow is closed")
        return found

    def _decide(self, rule: Rule, call: Call, scope: Scope) -> None:
        assert call.caller is not None
        judge = Judge(self._table, call.caller)
        judge.action(rule)
        if rule.on is On.PATH:
            assert rule.action is not None
            named = [experiment_of_path(scope["path"].split("/mlflow-artifacts/artifacts/", 1)[1])]
            call.about(named, frozenset() if judge.administers else judge.objects(rule.action, named))


def _response(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(refusal_body(status, message), status, headers, "application/json")


def _challenge(message: str, sent: bool) -> Mapping[str, str]:
    """What a client must send (RFC 6750, section 3); a browser asks its user for the first account by it."""
    bearer = f'Bearer realm="mlflow", error="invalid_token", error_description="{message}"' if sent else 'Bearer realm="mlflow"'
    return {"WWW-Authenticate": f'{bearer}, Basic realm="mlflow", charset="UTF-8"'}
