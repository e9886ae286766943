"""Stands before every route that Flask serves.

It reads a request as MLflow's handlers read it: by the pattern that Flask has matched and by the same messages.
So nothing can mean one thing here and another there.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import Flask, Request, Response, request
from google.protobuf.json_format import ParseError
from google.protobuf.message import Message
from graphql import GraphQLError
from mlflow.exceptions import MlflowException
from mlflow.server.handlers import _get_request_message, get_endpoints
from mlflow.utils.proto_json_utils import parse_dict

from millrace_auth.calls import Call, current_call, refusal_body
from millrace_auth.decision import CANDIDATE, Judge, Refused, action_of_alias
from millrace_auth.graph import asked_for
from millrace_auth.objects import (
    ARTIFACT_TAG,
    TEAM_TAG,
    Named,
    Unknown,
    experiment_named,
    experiment_of_path,
    named_in,
    named_in_message,
)
from millrace_auth.record import Incomplete, require_new, require_registered
from millrace_auth.routes import rule_of
from millrace_auth.rules import On, Rule
from millrace_auth.sources import is_elsewhere, named_in_source
from millrace_auth.table import Table

BRING = "bring-versions"
"""Action that registers a version whose files lie in another store than this server's."""

MESSAGES: Mapping[tuple[str, str], type[Message]] = {
    (method, path): message
    for path, message, methods in get_endpoints(lambda message: message)
    for method in methods
    if isinstance(message, type) and issubclass(message, Message)
}
"""What a route reads, by method and pattern."""


def protect(app: Flask, table: Table) -> None:
    """Let the Flask app answer only what the table of rights allows."""

    @app.before_request
    def decide() -> Response | None:
        call = current_call()
        if call is None or call.caller is None:
            return _answer(403, "the request did not come by the way that asks who calls")
        pattern = request.url_rule.rule if request.url_rule else None
        rule = rule_of(request.method, pattern)
        call.needs(rule.action, writes=rule.writes)
        try:
            _check(rule, Judge(table, call.caller), call)
        except Refused as refused:
            call.refused(str(refused))
            return _answer(403, str(refused))
        except Incomplete as incomplete:
            call.refused(incomplete.reason)
            return _answer(400, str(incomplete))
        except (Unknown, MlflowException, GraphQLError, ParseError) as error:
            if isinstance(error, MlflowException) and error.get_http_status_code() >= 500:
                raise
            call.refused("the request cannot be read, or names something that is not there")
            return _answer(403, "the request cannot be read, or names something that is not there")
        return None

    @app.after_request
    def keep_own(response: Response) -> Response:
        call = current_call()
        pattern = request.url_rule.rule if request.url_rule else None
        rule = rule_of(request.method, pattern)
        if rule.on is On.SEARCH and call and call.caller and response.status_code == 200:
            judge = Judge(table, call.caller)
            if not judge.administers:
                response.set_data(json.dumps(_own(response.get_json(), judge, rule)))
        return response


def _answer(status: int, message: str) -> Response:
    return Response(refusal_body(status, message), status, mimetype="application/json")


def _check(rule: Rule, judge: Judge, call: Call) -> None:
    """Raise `Refused` unless the caller may make this request, and `Incomplete` when nobody may."""
    if rule.closed:
        raise Refused("this part of MLflow is closed")
    judge.action(rule)
    if judge.administers:
        # The audit line names the objects all the same.
        call.about(_named_objects(_message()), frozenset())
    elif rule.on is not On.NOTHING:
        _CHECKS[rule.on](rule.action or "", judge, call)
    _check_record(rule)


def _check_record(rule: Rule) -> None:
    """What is registered has a record, whoever registers it. An alias is checked, too: a record can lose a part later."""
    message: Any = _message() if rule.on in (On.VERSION, On.ALIAS) else None
    if rule.on is On.VERSION:
        require_new(message, brought=is_elsewhere(message.source))
    elif rule.on is On.ALIAS and request.method == "POST" and message.alias == CANDIDATE:
        require_registered(message.name, message.version)


def _tracked(action: str, judge: Judge, call: Call) -> None:
    message = _message()
    judge.fixed(ARTIFACT_TAG, _keys(message))
    named = list(_named_objects(message))
    call.about(named, judge.objects(action, named))


def _trace(action: str, judge: Judge, call: Call) -> None:
    message = _message()
    judge.fixed(ARTIFACT_TAG, _keys(message))
    named = list(_named_objects(message))
    call.about(named, judge.objects(action, named, may_be_new=frozenset({"trace"})))


def _search(_action: str, _judge: Judge, _call: Call) -> None:
    """Everybody who tracks runs may search; what is not theirs is taken out of the answer."""


def _by_name(action: str, judge: Judge, call: Call) -> None:
    try:
        named = experiment_named(_field("experiment_name"))
    except Unknown:
        return  # The server says that it is not there, and clients make it.
    call.about([named], judge.objects(action, [named]))


def _new_experiment(action: str, judge: Judge, call: Call) -> None:
    message: Any = _message()
    if message.artifact_location:
        raise Refused("artifact_location must not be given: files lie in the experiment's own folder")
    _tag_new(message, action, judge, call, "experiment")


def _new_model(action: str, judge: Judge, call: Call) -> None:
    _tag_new(_message(), action, judge, call, "model")


def _tag_new(message: Any, action: str, judge: Judge, call: Call, kind: str) -> None:
    """Put the team's tag into the request: what is made belongs to a team from its first moment."""
    team = judge.team_for_new(action, {tag.key: tag.value for tag in message.tags})
    body = _json()
    others = [tag for tag in body.get("tags") or [] if tag.get("key") != TEAM_TAG]
    body["tags"] = [*others, {"key": TEAM_TAG, "value": team}]
    call.about([Named(kind, message.name)], frozenset({team}))


def _experiment_tag(action: str, judge: Judge, call: Call) -> None:
    judge.fixed(TEAM_TAG, _keys(_message()))
    _tracked(action, judge, call)


def _model(action: str, judge: Judge, call: Call) -> None:
    named = [Named("model", _field("name"))]
    call.about(named, judge.objects(action, named))


def _model_tag(action: str, judge: Judge, call: Call) -> None:
    judge.fixed(TEAM_TAG, _keys(_message()))
    _model(action, judge, call)


def _version(action: str, judge: Judge, call: Call) -> None:
    message: Any = _message()
    model = Named("model", message.name)
    if is_elsewhere(message.source):
        _brought(judge, call, message, model)
        return
    made_of = [named_in_source(message.source), *_named_objects(message)]
    call.about([model, *made_of], judge.objects(action, [model, *made_of]))


def _brought(judge: Judge, call: Call, message: Any, model: Named) -> None:
    """A version of another environment: only a promotion brings one."""
    call.needs(BRING, writes=True)
    judge.action(Rule(BRING))
    if message.run_id or message.model_id:
        raise Refused("'run_id' and 'model_id' must be left out of a version from another environment: its run is there")
    call.about([model], judge.objects(BRING, [model]))


def _alias(_action: str, judge: Judge, call: Call) -> None:
    message: Any = _message()
    action = action_of_alias(message.alias)
    call.needs(action, writes=True)
    judge.action(Rule(action))
    named = [Named("model", message.name)]
    call.about([*named, Named("alias", message.alias)], judge.objects(action, named))


def _path(action: str, judge: Judge, call: Call) -> None:
    named = [experiment_of_path(str((request.view_args or {}).get("artifact_path") or _field("path")))]
    for name, value in _values():
        for each in (value if isinstance(value, list) else [value]) if name == "path" else []:
            # Below the folder, and no way out of it.
            experiment_of_path(f"{named[0].id}/{each}")
    call.about(named, judge.objects(action, named))


def _graphql(_action: str, judge: Judge, call: Call) -> None:
    body = _json()
    for rule, named in asked_for(str(body.get("query") or ""), body.get("variables") or {}):
        call.needs(rule.action, writes=False)
        if rule.closed:
            raise Refused("the query asks for what is closed")
        judge.action(rule)
        if rule.on is On.TRACKED:
            assert rule.action is not None
            call.about(named, judge.objects(rule.action, named))


_CHECKS: Mapping[On, Callable[[str, Judge, Call], None]] = {
    On.TRACKED: _tracked,
    On.SEARCH: _search,
    On.BY_NAME: _by_name,
    On.TRACE: _trace,
    On.NEW_EXPERIMENT: _new_experiment,
    On.EXPERIMENT_TAG: _experiment_tag,
    On.MODEL: _model,
    On.NEW_MODEL: _new_model,
    On.MODEL_TAG: _model_tag,
    On.VERSION: _version,
    On.ALIAS: _alias,
    On.PATH: _path,
    On.GRAPHQL: _graphql,
}


def _message() -> Message | None:
    """The request as its handler reads it; none for a route that reads parameters alone."""
    kind = MESSAGES.get((request.method, request.url_rule.rule)) if request.url_rule else None
    if kind is None:
        return None
    if not (request.method == "GET" and request.args):
        # The handler passes over what does not fit its message; a request that is not what it seems to be is refused here.
        parse_dict(_json(), kind())
    return _get_request_message(kind())


def _json() -> dict[str, Any]:
    """The body, the same object that the handler gets."""
    body = request.get_json(force=True, silent=True)
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise Refused("the body must be an object in JSON")
    return body


def _values() -> Iterator[tuple[str, Any]]:
    """Parameters of the path and the query, and the outermost fields of the body, whichever of them the handler reads."""
    yield from (request.view_args or {}).items()
    yield from ((name, request.args.getlist(name)) for name in request.args)
    if _is_json(request):
        yield from _json().items()


def _is_json(asked: Request) -> bool:
    return asked.method != "PUT" and asked.mimetype == "application/json"


def _named_objects(message: Message | None) -> Iterator[Named]:
    yield from named_in(_values())
    if message is not None:
        yield from named_in_message(message)


def _field(name: str) -> str:
    """A field of the message, or a parameter where the route has no message."""
    message = _message()
    return str(getattr(message, name) if message is not None else request.args.get(name, ""))


def _keys(message: Any) -> Iterator[str]:
    """Keys of tags in a message, at any depth: of `key` and `value`, and of maps."""
    if message is None:
        return
    for field, value in message.ListFields():
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            yield from value
        elif field.message_type is not None:
            for each in value if field.is_repeated else [value]:
                yield from _keys(each)
        elif field.name == "key":
            yield value


def _own(found: dict[str, Any], judge: Judge, rule: Rule) -> dict[str, Any]:
    """An answer without the experiments of others."""
    assert rule.action is not None
    experiments = found.get("experiments", [])
    tags = [{tag["key"]: tag["value"] for tag in each.get("tags", [])} for each in experiments]
    kept = [each for each, own in zip(experiments, judge.own_experiments(rule.action, tags), strict=True) if own]
    return {**found, "experiments": kept}
