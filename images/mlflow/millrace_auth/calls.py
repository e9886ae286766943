"""One call of the server: who makes it, what it needs, and what came of it; its audit line is JSON on the standard output."""

import json
import sys
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime

from millrace_auth.objects import Named
from millrace_auth.table import Caller

_current: ContextVar["Call | None"] = ContextVar("call", default=None)

_ERROR_CODES = {400: "INVALID_PARAMETER_VALUE", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 503: "TEMPORARILY_UNAVAILABLE"}


@dataclass
class Call:
    """A call; what it is about is filled in where that is known."""

    method: str
    path: str
    request_id: str
    caller: Caller | None = None
    action: str | None = None
    writes: bool = False
    objects: list[str] = field(default_factory=list)
    teams: set[str] = field(default_factory=set)
    reason: str | None = None

    def needs(self, action: str | None, *, writes: bool) -> None:
        """Say what the call needs."""
        self.action, self.writes = action, writes or self.writes

    def about(self, named: Iterable[Named], teams: Iterable[str]) -> None:
        """Say which objects of which teams it is about."""
        self.objects += [str(each) for each in dict.fromkeys(named)]
        self.teams.update(teams)

    def refused(self, reason: str) -> None:
        """Say why it is refused."""
        self.reason = reason

    def audit(self, status: int) -> None:
        """Write its line: of each change, and of each refusal. Neither tokens nor bodies stand in it."""
        refused = self.reason is not None
        if not (self.writes or refused):
            return
        grants = self.caller.grants if self.caller else ()
        line = {
            "audit": "tracking",
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "who": self.caller.name if self.caller else None,
            "roles": sorted({each.role for each in grants}),
            "teams": sorted(self.teams or {each.team for each in grants if each.team}),
            "action": self.action,
            "method": self.method,
            "path": self.path,
            "objects": self.objects[:20],
            "allowed": not refused,
            "status": status,
            "reason": self.reason,
            "request": self.request_id,
        }
        sys.stdout.write(f"{json.dumps(line)}\n")
        sys.stdout.flush()


def current_call() -> Call | None:
    """The call that is being answered."""
    return _current.get()


def set_current(call: Call) -> None:
    """Make a call the one that is being answered, here and in the threads that begin from here."""
    _current.set(call)


def refusal_body(status: int, message: str) -> str:
    """Body of a refusal, as MLflow's clients read it."""
    return json.dumps({"error_code": _ERROR_CODES[status], "message": message})
