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

/** What has interrupted this process. */
let heard: Interrupted | undefined;

/** The interruption that an error comes from: it may have gone through a library, which says only that it was aborted. */
export function interruptionIn(error: unknown): Interrupted | undefined {
  if (error instanceof Interrupted) {
    return error;
  }
  const { name, cause } = Object(error) as { name?: unknown; cause?: unknown };
  return name === "AbortError" ? (cause instanceof Interrupted ? cause : heard) : undefined;
}

/**
 * From now on the first signal does not end this process, it aborts with an `Interrupted`; so does the end of whoever reads the output.
 * Later signals change nothing: a terminal, npm and a launcher may each pass on the same one.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => {
    heard ??= new Interrupted(signal);
    controller.abort(heard);
  };
  for (const signal of SIGNALS) {
    process.on(signal, interrupt);
  }
  whenOutputIsLost(() => interrupt("SIGPIPE"));
  return controller.signal;
}
