"""Who is let in: good tokens, bad tokens, passwords, and issuers that are out of reach."""

import base64
import time
import uuid
from collections.abc import Callable
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization

from tests.people import FOLLOWS, People
from tests.server import PASSWORD, Server

REGISTRY = "/api/2.0/mlflow/registered-models/search"


def ask(server: Server, *authorization: str, path: str = REGISTRY, **headers: str) -> requests.Response:
    """Ask as it is; more than one header of a name goes as such."""
    session = requests.Session()
    session.trust_env = False
    if len(authorization) < 2:
        given = {"Authorization": authorization[0]} if authorization else {}
        return session.get(f"{server.url}{path}", headers={**given, **headers}, timeout=30)
    return two_headers(server, path, authorization)


def two_headers(server: Server, path: str, values: tuple[str, ...]) -> requests.Response:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.putrequest("GET", path)
    for value in values:
        connection.putheader("Authorization", value)
    connection.endheaders()
    answer = connection.getresponse()
    response = requests.Response()
    response.status_code = answer.status
    response._content = answer.read()
    response.headers.update(dict(answer.getheaders()))
    return response


def basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


@pytest.mark.parametrize(
    "who", ["data-scientist", "ml-engineer", "platform-engineer", "sre", "ci", "trainer", "auditor", "other-scientist"]
)
def test_a_token_of_each_role_is_let_in(server: Server, people: People, who: str) -> None:
    assert ask(server, f"Bearer {people.token(who)}").status_code == 200


def following(people: People, **claims: Any) -> str:
    return people.ci_service.token(sub="repo:acme/ml:environment:dev-rollback", repository_id="11", **claims)


def test_a_job_that_follows_is_let_in_by_its_file(server: Server, people: People) -> None:
    for file in FOLLOWS:
        assert ask(server, f"Bearer {following(people, job_workflow_ref=file)}").status_code == 200


@pytest.mark.parametrize(
    "file",
    [
        None,
        "acme/ml/.github/workflows/follow.yml@refs/heads/next",
        "acme/ml/.github/workflows/other.yml@refs/heads/main",
        FOLLOWS,
    ],
)
def test_another_job_of_its_environment_may_do_nothing(server: Server, people: People, file: Any) -> None:
    assert ask(server, f"Bearer {following(people, job_workflow_ref=file)}").status_code == 403


@pytest.mark.parametrize("who", ["nobody", "other-account", "other-namespace", "other-repository"])
def test_whoever_has_no_role_may_do_nothing(server: Server, people: People, who: str) -> None:
    answer = ask(server, f"Bearer {people.token(who)}")
    assert answer.status_code == 403
    assert "who has no role" in answer.json()["message"]


def unsigned(people: People) -> str:
    claims = jwt.decode(people.token("ml-engineer"), options={"verify_signature": False})
    return jwt.encode(claims, "", algorithm="none", headers={"kid": "first"})


def signed_with_the_public_key(people: People) -> str:
    """By hand: libraries refuse to sign so."""
    import hashlib
    import hmac
    import json

    public = people.company.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    claims = jwt.decode(people.token("ml-engineer"), options={"verify_signature": False})
    parts = [{"alg": "HS256", "typ": "JWT", "kid": "first"}, claims]
    text = b".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    signature = base64.urlsafe_b64encode(hmac.digest(public, text, hashlib.sha256)).rstrip(b"=")
    return (text + b"." + signature).decode()


def tampered(people: People) -> str:
    import json

    header, _, signature = people.token("data-scientist").split(".")
    claims = jwt.decode(people.token("data-scientist"), options={"verify_signature": False})
    claims["groups"] = ["millrace-platform-engineers"]
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{header}.{body}.{signature}"


def now() -> int:
    return int(time.time())


ENGINEER: dict[str, Any] = {"sub": "id", "groups": ["risk-ml-engineers"]}

BAD: dict[str, tuple[Callable[[People], str], str]] = {
    "unsigned": (unsigned, "must be signed with RS256 or ES256"),
    "HS256 with the public key": (signed_with_the_public_key, "must be signed with RS256 or ES256"),
    "RS512": (lambda p: p.company.token(algorithm="RS512", **ENGINEER), "must be signed with RS256 or ES256"),
    "for another audience": (lambda p: p.company.token(aud="grafana", **ENGINEER), "for another audience"),
    "of another issuer": (lambda p: p.company.token(iss="https://evil.example.com", **ENGINEER), "unknown issuer"),
    "of one issuer in the name of another": (
        lambda p: p.ci_service.token(iss=p.company.url, aud="mlflow-people", **ENGINEER),
        "its signature is wrong",
    ),
    "expired": (lambda p: p.company.token(exp=now() - 60, **ENGINEER), "has expired"),
    "not valid yet": (lambda p: p.company.token(nbf=now() + 3_600, **ENGINEER), "not valid yet"),
    "without an end": (lambda p: p.company.token(exp=None, **ENGINEER), "not all of iss, aud, exp and sub"),
    "without an audience": (lambda p: p.company.token(aud=None, **ENGINEER), "not all of iss, aud, exp and sub"),
    "with an unknown key": (lambda p: p.company.token(kid="other", **ENGINEER), "a key that its issuer does not have"),
    "with another key under the name of the first": (
        lambda p: p.company.token(key=p.company.new_key(), **ENGINEER),
        "its signature is wrong",
    ),
    "tampered with": (tampered, "its signature is wrong"),
    "ES256 under the name of a key of RSA": (
        lambda p: p.cluster.token(iss=p.company.url, aud="mlflow-people", **ENGINEER),
        "breaks a rule of JSON Web Tokens",
    ),
    "of a repository that has taken the name": (
        lambda p: p.ci_service.token(sub="repo:acme/ml:environment:dev", repository_id="12"),
        "must have repository_id",
    ),
    "no token at all": (lambda _: "abc", "not a JSON Web Token"),
    "empty": (lambda _: "", "not a JSON Web Token"),
    "huge": (lambda p: p.company.token(padding="x" * 20_000, **ENGINEER), "at most 16384 characters"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token_is_refused(server: Server, people: People, name: str) -> None:
    make, why = BAD[name]
    answer = ask(server, f"Bearer {make(people)}")
    assert answer.status_code == 401
    assert why in answer.json()["message"]
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="mlflow", error="invalid_token"')


def test_nothing_and_two_headers_are_refused(server: Server, people: People) -> None:
    good = f"Bearer {people.token('ml-engineer')}"
    nothing = ask(server)
    assert nothing.status_code == 401
    assert nothing.headers["WWW-Authenticate"] == 'Bearer realm="mlflow", Basic realm="mlflow", charset="UTF-8"'
    assert ask(server, good, good).status_code == 401
    assert ask(server, "Digest x").status_code == 401


@pytest.mark.parametrize(
    ("user", "password", "status"),
    [
        ("admin", PASSWORD, 200),
        ("admin", "password1234", 401),
        ("admin", "password", 401),
        ("admin", "", 401),
        ("", PASSWORD, 401),
        ("trainer", PASSWORD, 401),
    ],
)
def test_only_admin_has_a_password_and_it_is_not_the_documented_one(
    server: Server, user: str, password: str, status: int
) -> None:
    assert ask(server, basic(user, password)).status_code == status


def test_a_new_key_is_fetched_and_an_outage_lets_nobody_in(server: Server, people: People) -> None:
    """A rotation is seen within the pause; the tokens of an issuer that is out of reach are refused, those of others are not."""
    cluster = people.cluster
    ask(server, f"Bearer {people.token('trainer')}")
    old, cluster.key, cluster.kid = cluster.key, cluster.new_key(), "second"
    try:
        deadline = time.monotonic() + 60
        while ask(server, f"Bearer {people.token('trainer')}").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(1)
        cluster.up, cluster.kid = False, "third"
        deadline = time.monotonic() + 60
        while (answer := ask(server, f"Bearer {people.token('trainer')}")).status_code != 503:
            assert answer.status_code == 401
            assert time.monotonic() < deadline
            time.sleep(1)
        assert answer.headers["Retry-After"] == "5"
        assert ask(server, f"Bearer {people.token('ci')}").status_code == 200
    finally:
        cluster.up, cluster.key, cluster.kid = True, old, "first"
        deadline = time.monotonic() + 60
        while ask(server, f"Bearer {people.token('trainer')}").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(1)


def test_a_refusal_leaves_a_line_and_no_token(server: Server, people: People) -> None:
    request = uuid.uuid4().hex
    token = people.company.token(exp=now() - 60, **ENGINEER)
    ask(server, f"Bearer {token}", **{"X-Request-Id": request})
    line = server.audit(request)
    assert (line["who"], line["allowed"], line["status"]) == (None, False, 401)
    assert "expired" in line["reason"]
    assert token not in (server.folder / "log").read_text()
