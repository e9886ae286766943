import { constants } from "node:os";
import { whenOutputIsLost } from "./lost-output.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** A person, a shell or a supervisor wants the command to end before it is done. */
export class Interrupted extends Error {
  /** What a shell shows for a program that the signal has ended: 128 and the signal's number. */
  readonly exitCode: number;

  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/**
 * From now on the first signal does not end this process, it aborts with an `Interrupted`; so does the end of whoever reads the output.
 * Later signals change nothing: a terminal, npm and a launcher may each pass on the same one.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => controller.abort(new Interrupted(signal));
  for (const signal of SIGNALS) {
    process.on(signal, interrupt);
  }
  whenOutputIsLost(() => interrupt("SIGPIPE"));
  return controller.signal;
}
