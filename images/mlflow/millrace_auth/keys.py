"""The public keys of an issuer."""

import time
from typing import Any

from jwt import PyJWKClient
from jwt.exceptions import PyJWKClientConnectionError, PyJWKClientError, PyJWKSetError

from millrace_auth.table import Issuer

LIFETIME = 300
"""Seconds for which fetched keys are good. A key that the issuer has withdrawn is refused after them."""

PAUSE = 5
"""Seconds after a failure or a fetch until the issuer is asked again: unknown keys and outages make no flood of requests."""

TIMEOUT = 3
"""Seconds in which the issuer must answer."""


class KeysOutOfReach(Exception):
    """The issuer does not give its keys, so that no token of it can be checked."""


class Keys(PyJWKClient):
    """Keys of an issuer, fetched again when they are old, or when a token names another one."""

    def __init__(self, issuer: Issuer) -> None:
        super().__init__(issuer.keys_url, lifespan=LIFETIME, timeout=TIMEOUT, cooldown_duration=PAUSE)
        self._failed_at = -float(PAUSE)

    def fetch_data(self) -> Any:
        """Fetch the keys.

        Raises:
            KeysOutOfReach: when the issuer does not answer with keys, or did not a moment ago.
        """
        if time.monotonic() - self._failed_at < PAUSE:
            raise KeysOutOfReach(self.uri)
        try:
            return super().fetch_data()
        except (PyJWKClientConnectionError, PyJWKClientError, PyJWKSetError, OSError, ValueError) as error:
            self._failed_at = time.monotonic()
            raise KeysOutOfReach(self.uri) from error
