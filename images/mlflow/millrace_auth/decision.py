"""Whether a caller may do what a request asks for, by the table of rights."""

from collections.abc import Iterable, Mapping

from millrace_auth.objects import TEAM_TAG, Named, Unknown, team_of
from millrace_auth.rules import Rule
from millrace_auth.table import ADMINISTER, Caller, Table

CANDIDATE = "candidate"
"""Alias of the newest version that was registered, as the package `millrace` sets it."""

ALIASES = (CANDIDATE, "champion")
"""Aliases that the table has an action for. Nobody but those who administer the server sets another one."""


class Refused(Exception):
    """The caller may not do this; the text says what is missing."""


class Judge:
    """Decides about one caller."""

    def __init__(self, table: Table, caller: Caller) -> None:
        self._table = table
        self._caller = caller

    @property
    def administers(self) -> bool:
        """Whether the caller may call every route that is not closed."""
        return self._table.administers(self._caller)

    def action(self, rule: Rule) -> None:
        """Raise `Refused` unless the caller has the rule's action at least for one team, or the rule needs none."""
        if rule.action is None or self.administers:
            return
        if not self._table.may_anywhere(self._caller, rule.action):
            raise Refused(f"{self._who()} may not {rule.action} here")

    def objects(self, action: str, named: Iterable[Named], *, may_be_new: frozenset[str] = frozenset()) -> frozenset[str]:
        """Raise `Refused` unless the caller may do the action with each of the objects, and there is one.

        Args:
            action: of the table of rights.
            named: the objects.
            may_be_new: kinds of which an unknown one is let pass, as long as a known object stands beside it.

        Returns:
            The teams of the objects.
        """
        teams = set()
        for each in dict.fromkeys(named):
            try:
                team = team_of(each)
            except Unknown:
                if each.kind in may_be_new:
                    continue
                raise Refused(f"{each} is not there, or belongs to another team") from None
            if team is None or not self._table.may(self._caller, action, team):
                raise Refused(f"{each} is not there, or belongs to another team")
            teams.add(team)
        if not teams:
            raise Refused(f"the request must name what it is about: {action} goes by experiment, run or model")
        return frozenset(teams)

    def team_for_new(self, action: str, tags: Mapping[str, str]) -> str:
        """Team of a new experiment or registered model: of its tag `team`, or the caller's only one."""
        own = self._table.teams_of(self._caller, action)
        asked = tags.get(TEAM_TAG)
        if asked is None and len(own) == 1:
            return next(iter(own))
        if not asked or not self._table.may(self._caller, action, asked):
            raise Refused(f"the tag {TEAM_TAG} must say whose it is: {' or '.join(sorted(own)) or 'a team'}, got '{asked or ''}'")
        return asked

    def fixed(self, key: str, keys: Iterable[str]) -> None:
        """Raise `Refused` when a tag that only administrators set is among those of the request."""
        if key in keys:
            raise Refused(f"the tag {key} is set by the server: who may {ADMINISTER} changes it")

    def own_experiments(self, action: str, tags_of: Iterable[Mapping[str, str]]) -> list[bool]:
        """Which of some experiments, by their tags, the caller may see."""
        return [TEAM_TAG in tags and self._table.may(self._caller, action, tags[TEAM_TAG]) for tags in tags_of]

    def _who(self) -> str:
        roles = ", ".join(sorted({each.role for each in self._caller.grants}))
        return f"{self._caller.name} ({roles})" if roles else f"{self._caller.name}, who has no role,"


def action_of_alias(alias: str) -> str:
    """Action of the table of rights that sets or deletes an alias."""
    return f"set-{alias}" if alias in ALIASES else ADMINISTER
