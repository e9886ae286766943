"""What a route can need."""

from dataclasses import dataclass
from enum import Enum


class On(Enum):
    """Which objects of a request belong to a team that the caller must be of."""

    NOTHING = "nothing: the action is enough"
    TRACKED = "every experiment, run, logged model and trace that the request names"
    SEARCH = "the same, and the answer keeps the caller's own experiments alone"
    BY_NAME = "an experiment by its name, which may be unknown"
    TRACE = "the same as TRACKED, for a trace that may be new"
    NEW_EXPERIMENT = "none yet: the experiment gets the tag of the caller's team"
    EXPERIMENT_TAG = "an experiment, whose tag of the team is fixed"
    MODEL = "the registered model `name`"
    NEW_MODEL = "none yet: the registered model gets the tag of the caller's team"
    MODEL_TAG = "a registered model, whose tag of the team is fixed"
    VERSION = "a registered model, and what its new version is made of"
    ALIAS = "a registered model, by an action of the alias"
    PATH = "the experiment whose folder of files the path begins with"
    GRAPHQL = "those of each field of the query"


@dataclass(frozen=True)
class Rule:
    """What a route needs."""

    action: str | None
    """Action of the table of rights; none where everybody who is signed in may."""
    on: On = On.NOTHING
    writes: bool = False
    """Whether a call changes something, and leaves an audit line."""
    closed: bool = False
    """Nobody may call it."""


SIGNED_IN = Rule(None)
CLOSED = Rule(None, closed=True)
