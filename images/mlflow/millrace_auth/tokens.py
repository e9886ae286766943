"""Who calls: a bearer token of a known issuer, or the first account with its password."""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

import jwt
from jwt.exceptions import ExpiredSignatureError, PyJWKClientError, PyJWTError

from millrace_auth.keys import Keys
from millrace_auth.table import Caller, Grant, Issuer, Table

ALGORITHMS = ("RS256", "ES256")
"""Signatures with a public key: whoever can read a key cannot make a token."""

LEEWAY = 10
"""Seconds by which clocks may differ."""

LONGEST = 16_384
"""Characters of a header with a token: one with 200 groups has less than 10,000."""

ADMIN = "admin"


class NotSignedIn(Exception):
    """The request does not say who calls; the text says why, and nothing of the token."""


class SignIn:
    """Tells who calls."""

    def __init__(self, table: Table, admin_password: str) -> None:
        self._issuers = {name: (issuer, Keys(issuer)) for name, issuer in table.issuers.items()}
        self._admin_password = admin_password.encode()

    def caller(self, headers: Sequence[bytes]) -> Caller:
        """Who calls, by the values of the header `Authorization`.

        Raises:
            NotSignedIn: when they name nobody.
            KeysOutOfReach: when the issuer's keys cannot be had.
        """
        if len(headers) != 1:
            raise NotSignedIn("a token must be sent in one header, Authorization: Bearer <token>")
        if len(headers[0]) > LONGEST:
            raise NotSignedIn(f"the header Authorization must have at most {LONGEST} characters")
        scheme, _, credentials = headers[0].decode("latin-1").strip().partition(" ")
        match scheme.lower():
            case "bearer":
                return self._by_token(credentials.strip())
            case "basic":
                return self._by_password(credentials.strip())
            case _:
                raise NotSignedIn("the header Authorization must be Bearer <token>")

    def _by_password(self, credentials: str) -> Caller:
        try:
            user, _, password = base64.b64decode(credentials, validate=True).partition(b":")
        except (binascii.Error, ValueError):
            raise NotSignedIn("the name and password cannot be read") from None
        right = hmac.compare_digest(password, self._admin_password)
        if user != ADMIN.encode() or not right:
            raise NotSignedIn("the name or the password is wrong: people sign in with a token, only admin has a password")
        return Caller(ADMIN, (Grant("platform-engineer"),))

    def _by_token(self, token: str) -> Caller:
        try:
            header = jwt.get_unverified_header(token)
            unverified = jwt.decode(token, options={"verify_signature": False})
        except PyJWTError:
            raise NotSignedIn("the token is not a JSON Web Token") from None
        algorithm, key_id, name = header.get("alg"), header.get("kid"), unverified.get("iss")
        if algorithm not in ALGORITHMS:
            raise NotSignedIn(f"the token must be signed with {' or '.join(ALGORITHMS)}")
        if not isinstance(name, str) or name not in self._issuers:
            raise NotSignedIn("the token comes from an unknown issuer")
        issuer, keys = self._issuers[name]
        try:
            key = keys.get_signing_key(key_id) if isinstance(key_id, str) else None
        except PyJWKClientError:
            key = None
        if key is None:
            raise NotSignedIn("the token is signed with a key that its issuer does not have")
        try:
            claims = jwt.decode(
                token,
                key.key,
                algorithms=[algorithm],
                issuer=issuer.issuer,
                audience=issuer.audience,
                leeway=LEEWAY,
                options={"require": ["iss", "aud", "exp", "sub"]},
            )
        except ExpiredSignatureError:
            raise NotSignedIn("the token has expired: get a new one") from None
        except (PyJWTError, TypeError, ValueError) as error:
            raise NotSignedIn(f"the token is invalid: {_reason(error)}") from None
        if any(claims.get(claim) != value for claim, value in issuer.required.items()):
            raise NotSignedIn(f"the token must have {', '.join(issuer.required)} as the table of rights says")
        return _caller(claims, issuer)


def _reason(error: Exception) -> str:
    """What is wrong with a token, without a value of it."""
    return {
        "InvalidAudienceError": "it is for another audience",
        "ImmatureSignatureError": "it is not valid yet",
        "InvalidSignatureError": "its signature is wrong",
        "MissingRequiredClaimError": "it has not all of iss, aud, exp and sub",
    }.get(type(error).__name__, "it breaks a rule of JSON Web Tokens")


def _caller(claims: Mapping[str, Any], issuer: Issuer) -> Caller:
    value = claims.get(issuer.claim)
    values = [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
    grants = tuple(dict.fromkeys(grant for each in values for grant in issuer.grants_of(each, claims)))
    name = claims.get(issuer.name_claim)
    return Caller(name if isinstance(name, str) and name else str(claims["sub"]), grants)
