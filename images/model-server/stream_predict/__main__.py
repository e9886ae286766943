"""`stream-predict`: exit codes 0 ended by SIGTERM, 1 model, 2 variable, 3 port, 4 no answer of the model, 143 ended too late."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable

NO_ANSWER = 4
"""Exit code where a call of the model takes too long. The next process of the pod tries its rows one by one."""

# Before numpy: one process predicts one batch at a time, so its libraries may use all CPUs. Who shares a node sets these.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, str(min(8, len(os.sched_getaffinity(0)))))
# A pod reaches no such host, and the first prediction would wait for it.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")


def main() -> None:
    """Predict until a signal ends it. The work has a thread of its own, so that no long prediction holds up a signal."""
    program = Program()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, program.stop)
    worker = threading.Thread(target=program.run, daemon=True, name="work")
    worker.start()
    while worker.is_alive() and program.code is None:
        worker.join(0.2)
        program.watch()
    sys.stdout.flush()
    sys.stderr.flush()
    # A thread that still predicts would keep the process. What it has not committed is read again.
    os._exit(1 if program.code is None else program.code)


class Program:
    """One run, and what ends it."""

    def __init__(self) -> None:
        self.code: int | None = None
        """Exit code, once it is known."""
        self._stopped = threading.Event()
        self._signal = 0
        self._ends_at = float("inf")
        self._end_seconds = 0.0
        self._predict_seconds = 0.0
        self._called_at: Callable[[], float] = lambda: 0.0

    def stop(self, number: int, _: object) -> None:
        """A signal came: finish what was read, commit, leave."""
        self._signal = number
        self._ends_at = min(self._ends_at, time.monotonic() + self._end_seconds)
        self._stopped.set()

    def watch(self) -> None:
        """End the process where its time is over."""
        called = self._called_at()
        if time.monotonic() > self._ends_at:
            _say("not done in time; what is not committed is read again by others")
            self.code = 128 + self._signal
        elif called and time.monotonic() - called > self._predict_seconds:
            _say(f"the model has not answered for {self._predict_seconds:g} s; the next process tries each row alone")
            self.code = NO_ANSWER

    def run(self) -> None:
        """Run to the end."""
        from model_server.errors import StartError

        try:
            self._stream()
            self.code = 0
        except StartError as error:
            _say(str(error))
            self.code = error.exit_code
        except ModuleNotFoundError as error:
            _say(f"this image lacks the Python package {error.name!r}: build an image that has it")
            self.code = 1
        except BaseException:
            # Not foreseen; the trace is for whoever repairs it.
            sys.excepthook(*sys.exc_info())
            self.code = 1

    def _stream(self) -> None:
        from model_server.listening import listen
        from model_server.verified import verified_digest

        from .lag import Lag
        from .settings import read_settings

        settings = read_settings()
        self._end_seconds = settings.end_seconds
        verified_digest(settings.model.folder, settings.model.sha256)
        listening = listen(settings.host, settings.port, "STREAM_PORT")

        from .connect import connector
        from .http import start_http
        from .loop import Loop
        from .metrics import Metrics
        from .model import RowModel
        from .predict import Predictor
        from .suspects import Suspects

        model = RowModel(settings.model, settings.keep, settings.max_bytes)
        lag, suspects = Lag(), Suspects(settings.suspects)
        metrics = Metrics(settings.model, lag, model.predictions)
        predictor = Predictor(model, settings.max_bytes, suspects)
        self._predict_seconds, self._called_at = settings.predict_seconds, lambda: predictor.called_at
        start_http(listening, metrics)
        _say(f"{settings.model.name} version {settings.model.version} predicts for {settings.source.input}")
        Loop(settings, connector(settings, lag, _say, self._stopped), predictor, suspects, metrics, _say, self._stopped).run()


def _say(text: str) -> None:
    sys.stderr.write(f"stream-predict: {text}.\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
