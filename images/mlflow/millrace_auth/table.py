"""The table of rights of one environment, as the platform renders it from stacks/inputs/roles.ts."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

ADMINISTER = "administer-tracking"


class InvalidTable(Exception):
    """The file of the table cannot be used: which key, which rule."""


@dataclass(frozen=True)
class Grant:
    """A role, of one team or of all."""

    role: str
    team: str | None = None


@dataclass(frozen=True)
class Member:
    """What a value of a claim gives."""

    grant: Grant
    only: Mapping[str, tuple[str, ...]]
    """Values of other claims with which alone it gives that."""


@dataclass(frozen=True)
class Caller:
    """Who calls, by a token or as the first account."""

    name: str
    grants: tuple[Grant, ...]


@dataclass(frozen=True)
class Issuer:
    """Whose tokens are good, and what a value of a claim gives."""

    issuer: str
    audience: str
    keys_url: str
    """Where its public keys are (a JSON Web Key Set, RFC 7517)."""
    claim: str
    """Claim whose value, or each of whose values, is looked up in `members`."""
    members: Mapping[re.Pattern[str], Member]
    """What a value gives; the group `team` of a pattern is the team."""
    required: Mapping[str, str]
    """Values that other claims must have."""
    name_claim: str = "sub"
    """Claim that names the caller in the audit lines; `sub` where a token does not have it."""

    def grants_of(self, value: str, claims: Mapping[str, Any]) -> Iterator[Grant]:
        """Roles that a value of the claim gives, beside the other claims of the token."""
        for pattern, member in self.members.items():
            fits = all(claims.get(claim) in values for claim, values in member.only.items())
            if fits and (found := pattern.fullmatch(value)):
                yield Grant(member.grant.role, found.groupdict().get("team", member.grant.team))


@dataclass(frozen=True)
class Table:
    """Which role may do what here, and who has which role."""

    rights: Mapping[str, frozenset[str]]
    issuers: Mapping[str, Issuer]

    def may(self, caller: Caller, action: str, team: str | None = None) -> bool:
        """Whether one of the caller's roles lets it do something with an object of a team; no team is anybody's object."""
        return any(action in self._of(each) and (each.team is None or each.team == team) for each in caller.grants)

    def may_anywhere(self, caller: Caller, action: str) -> bool:
        """Whether the caller may do something with objects of at least one team."""
        return any(action in self._of(each) for each in caller.grants)

    def administers(self, caller: Caller) -> bool:
        """Whether the caller may do everything that the server does."""
        return self.may_anywhere(caller, ADMINISTER)

    def teams_of(self, caller: Caller, action: str) -> frozenset[str]:
        """Teams by whose roles the caller may do something; a role of all teams names none."""
        return frozenset(each.team for each in caller.grants if each.team is not None and action in self._of(each))

    def _of(self, grant: Grant) -> frozenset[str]:
        return self.rights.get(grant.role, frozenset())

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read the table.

        Raises:
            InvalidTable: naming the file, and the key that is missing or has another form.
        """
        try:
            written = json.loads(file.read_text())
            issuers = [_issuer(each) for each in written["issuers"]]
            return cls(
                rights={role: frozenset(actions) for role, actions in written["rights"].items()},
                issuers={each.issuer: each for each in issuers},
            )
        except (OSError, json.JSONDecodeError) as error:
            raise InvalidTable(f"{file} must be a table of rights in JSON: {error}") from None
        except (AttributeError, KeyError, TypeError) as error:
            raise InvalidTable(
                f"{file} must have rights and issuers as docs/decisions/tracking-rights.md says: {error}"
            ) from None


def _issuer(written: dict[str, Any]) -> Issuer:
    return Issuer(
        issuer=written["issuer"],
        audience=written["audience"],
        keys_url=written["keysUrl"],
        claim=written["claim"],
        members={_pattern(value): _member(**member) for value, member in written["members"].items()},
        required=written.get("required", {}),
        name_claim=written.get("nameClaim", "sub"),
    )


def _member(role: str, team: str | None = None, only: Mapping[str, list[str]] | None = None) -> Member:
    return Member(Grant(role, team), {claim: tuple(values) for claim, values in (only or {}).items()})


def _pattern(value: str) -> re.Pattern[str]:
    """A value of a claim; `{team}` in it stands for the name of a team."""
    return re.compile(re.escape(value).replace(re.escape("{team}"), "(?P<team>[a-z0-9]([a-z0-9-]*[a-z0-9])?)", 1))
