"""moto's S3 on a free port of the loopback, one request at a time.

moto looks whether a key is there and writes it in two steps, and answers several requests at once: two writers with
`If-None-Match: *` both won now and then. S3 lets one of them win, and so does this.
"""

import sys
import threading
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

_turn = threading.Lock()
_moto: Any = DomainDispatcherApplication(create_backend_app)


def one_at_a_time(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    """Answer a request when no other one is being worked on."""
    with _turn:
        return list(_moto(environ, start))


server = make_server("127.0.0.1", 0, one_at_a_time, threaded=True)
sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
sys.stdout.flush()
server.serve_forever()
