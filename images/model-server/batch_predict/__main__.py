"""`batch-predict`: exit codes 0 done, 1 model or partition, 2 variable, 3 store, 4 refused, 5 nothing fits, 143 SIGTERM."""

import json
import os
import signal
import sys
import threading
import time

END_SECONDS = 4.0
"""Time that a step gets to remove its files after a signal. What is not removed then, a later run removes."""

# Before numpy: one process predicts one batch at a time, so its libraries may use all CPUs. Who shares a node sets these.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, str(min(8, len(os.sched_getaffinity(0)))))
# A pod reaches no such host, and the first prediction would wait for it.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")


def main() -> None:
    """Predict what the variables name. The work has a thread of its own, so that no long prediction holds up a signal."""
    program = Program()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, program.stop)
    worker = threading.Thread(target=program.run, daemon=True)
    worker.start()
    while worker.is_alive() and not program.signal:
        worker.join(0.2)
    worker.join(END_SECONDS)
    sys.stdout.flush()
    sys.stderr.flush()
    # A thread that still predicts would keep the process. The commit is one step, so it is safe to end anywhere.
    os._exit(128 + program.signal if program.code is None else program.code)


class Program:
    """One run, and the signal that ends it."""

    def __init__(self) -> None:
        self.signal = 0
        """Number of the signal, 0 without one."""
        self.code: int | None = None
        """Exit code, once it is known."""

    def stop(self, number: int, _: object) -> None:
        """A signal came."""
        self.signal = number

    def run(self) -> None:
        """Run to the end, or to the next place where it can stop."""
        try:
            self.code = self._batch(sys.argv[1:])
        except BaseException:
            # Not foreseen, or a model that ends the process; the trace is for whoever repairs it.
            sys.excepthook(*sys.exc_info())
            self.code = 1

    def _batch(self, arguments: list[str]) -> int | None:
        from model_server.errors import StartError
        from model_server.variables import WRONG_VARIABLE

        from .errors import Stopped
        from .settings import read_settings

        if arguments not in ([], ["--dry-run"]):
            _say(f"the only argument is --dry-run, got {' '.join(arguments)[:200]!r}.")
            return WRONG_VARIABLE
        began = time.monotonic()
        try:
            settings = read_settings()
            from .batch import NOTHING, REFUSED, Batch, NothingFits

            batch = Batch(settings, _say, self._check)
            try:
                steps = batch.plan()
            except NothingFits as nothing:
                _say(f"{nothing}.")
                return NOTHING
            if arguments:
                sys.stdout.writelines(f"{step.told()}\n" for step in steps)
                actions = {step.action for step in steps}
                return 1 if "fail" in actions else REFUSED if "refuse" in actions else 0
            try:
                return batch.run(steps)
            finally:
                sys.stdout.write(json.dumps(batch.summary(time.monotonic() - began)) + "\n")
        except Stopped:
            _say("stopped by a signal; the next run goes on.")
            return None
        except StartError as error:
            _say(f"{error}.")
            return error.exit_code
        except ModuleNotFoundError as error:
            _say(f"this image lacks the Python package {error.name!r}: build an image that has it.")
            return 1

    def _check(self) -> None:
        from .errors import Stopped

        if self.signal:
            raise Stopped


def _say(text: str) -> None:
    sys.stderr.write(f"batch-predict: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
