"""What a GraphQL query asks for: the pages of a run are made of such queries."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import FieldNode, FragmentDefinitionNode, GraphQLError, OperationDefinitionNode, parse
from graphql.utilities import value_from_ast_untyped

from millrace_auth.objects import Named, named_in
from millrace_auth.rules import CLOSED, SIGNED_IN, On, Rule

FIELDS: Mapping[str, Rule] = {
    "__typename": SIGNED_IN,
    "mlflowGetExperiment": Rule("track-runs", On.TRACKED),
    "mlflowGetMetricHistoryBulkInterval": Rule("track-runs", On.TRACKED),
    "mlflowGetRun": Rule("track-runs", On.TRACKED),
    "mlflowListArtifacts": Rule("track-runs", On.TRACKED),
    "mlflowSearchDatasets": Rule("track-runs", On.TRACKED),
    "mlflowSearchModelVersions": Rule("read-registry"),
    "mlflowSearchRuns": Rule("track-runs", On.TRACKED),
    "test": CLOSED,
    "testMutation": CLOSED,
}
"""What each field needs. One that is not here is closed; `tests/test_routes.py` fails for it."""


def asked_for(query: str, variables: Mapping[str, Any]) -> Iterator[tuple[Rule, list[Named]]]:
    """What each outermost field of a query needs, and the objects that it names.

    Raises:
        GraphQLError: when it is no query.
    """
    for definition in parse(query).definitions:
        if isinstance(definition, FragmentDefinitionNode):
            continue
        if not isinstance(definition, OperationDefinitionNode):
            raise GraphQLError("only operations and fragments can be asked for")
        defaults = {
            each.variable.name.value: value_from_ast_untyped(each.default_value)
            for each in definition.variable_definitions
            if each.default_value is not None
        }
        for field in definition.selection_set.selections:
            if isinstance(field, FieldNode):
                yield _need(field, {**defaults, **variables})
            else:
                # A fragment of the query itself: nobody writes one, and here it would hide fields.
                yield CLOSED, []


def _need(field: FieldNode, variables: Mapping[str, Any]) -> tuple[Rule, list[Named]]:
    given = {each.name.value: value_from_ast_untyped(each.value, dict(variables)) for each in field.arguments}
    fields = given.get("input")
    named = list(named_in(fields.items())) if isinstance(fields, dict) else []
    return FIELDS.get(field.name.value, CLOSED), named
