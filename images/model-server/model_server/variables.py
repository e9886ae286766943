"""Reads variables of the environment, for every program of the image: what is wrong is told in one sentence."""

import os
import re
from collections.abc import Mapping

from .errors import StartError

WRONG_VARIABLE = 2
"""Exit code of a variable that is missing or invalid."""

_NUMBER = r"[0-9]{1,18}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?"


def wrong(name: str, rule: str, value: str | None) -> StartError:
    """What to raise for a variable that breaks its rule.

    :param rule: what it must be, such as `a whole number from 1 to 9`.
    """
    return StartError(f"{name} must be {rule}, got {repr(value[:200]) if value else 'nothing'}", WRONG_VARIABLE)


class Variables:
    """The variables of a process.

    Each method raises `StartError` where a value breaks its rule; it names the variable, its value and the rule.
    """

    def __init__(self, variables: Mapping[str, str] = os.environ) -> None:
        self._variables = variables

    def has(self, name: str) -> bool:
        """Whether a variable is set to something."""
        return bool(self._variables.get(name, "").strip())

    def text(self, name: str, pattern: str, rule: str, default: str | None = None) -> str:
        """A text that fits a pattern as a whole.

        :param default: of a variable that is not set. Without one the variable is required.
        """
        value = self._variables.get(name, default)
        if value is None or not re.fullmatch(pattern, value):
            raise wrong(name, rule, value)
        return value

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number."""
        value = self._variables.get(name, "").strip() or str(default)
        if not re.fullmatch(r"[0-9]{1,18}", value) or not least <= int(value) <= most:
            raise wrong(name, f"a whole number from {least} to {most}", value)
        return int(value)

    def number(self, name: str, default: float, least: float, most: float) -> float:
        """A number."""
        value = self._variables.get(name, "").strip() or str(default)
        if not re.fullmatch(_NUMBER, value) or not least <= float(value) <= most:
            raise wrong(name, f"a number from {least:g} to {most:g}", value)
        return float(value)

    def address(self, name: str, default: str) -> str:
        """An address to listen on."""
        return self.text(name, r"[0-9A-Fa-f.:]+|[A-Za-z0-9_.-]+", "an address to listen on", default)

    def names(self, name: str, of: str) -> tuple[str, ...]:
        """Names with commas between them; none where the variable is empty.

        :param of: what is named, such as `columns`.
        """
        value = self._variables.get(name, "")
        found = tuple(each.strip() for each in value.split(",")) if value.strip() else ()
        if "" in found or len(set(found)) != len(found):
            raise wrong(name, f"names of {of} with commas between them, each once", value)
        return found
