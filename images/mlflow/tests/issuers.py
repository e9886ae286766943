"""Issuers of tokens: their keys behind an address, and tokens good and bad."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm


class Issuer:
    """An issuer whose keys are served on this machine."""

    def __init__(self, audience: str, kind: str = "RS256") -> None:
        self.audience = audience
        self.algorithm = kind
        self.key = self.new_key()
        self.kid = "first"
        self.up = True
        self.asked: list[str | None] = []
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked.append(self.headers.get("Authorization"))
                body = json.dumps({"keys": [issuer.public()]}).encode()
                self.send_response(200 if issuer.up else 500)
                self.end_headers()
                self.wfile.write(body if issuer.up else b"")

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def new_key(self) -> Any:
        return (
            ec.generate_private_key(ec.SECP256R1())
            if self.algorithm == "ES256"
            else rsa.generate_private_key(public_exponent=65537, key_size=2048)
        )

    def public(self) -> dict[str, Any]:
        algorithm = ECAlgorithm if self.algorithm == "ES256" else RSAAlgorithm
        written: dict[str, Any] = json.loads(algorithm.to_jwk(self.key.public_key()))
        return {**written, "kid": self.kid, "use": "sig", "alg": self.algorithm}

    def token(self, *, key: Any = None, algorithm: str | None = None, kid: str | None = None, **claims: Any) -> str:
        """A token. A claim of `None` is left out."""
        now = int(time.time())
        given = {"iss": self.url, "aud": self.audience, "sub": "somebody", "iat": now, "exp": now + 600, **claims}
        return jwt.encode(
            {name: value for name, value in given.items() if value is not None},
            key or self.key,
            algorithm or self.algorithm,
            headers={"kid": kid or self.kid},
        )
