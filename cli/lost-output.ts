import { Console } from "node:console";

let end = (code?: number): void => process.exit(code);

/** Sets what ends a command that would leave something behind if its process just ended. */
export function whenOutputIsLost(then: () => void): void {
  end = then;
}

/**
 * Makes the process end with 1 and a sentence when its output cannot be written, for example because the disk is full. Node's own console
 * ignores such an error. A reader that has seen enough (`millrace plan dev | head`) is no error: the process ends with 0.
 */
export function reportLostOutput(): void {
  globalThis.console = new Console({ stdout: process.stdout, stderr: process.stderr, ignoreErrors: false });
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") {
      return end();
    }
    process.stderr.write(`standard output cannot be written: ${error.message}\n`);
    end(1);
  });
  // Nobody reads it, so nothing can be said.
  process.stderr.on("error", () => undefined);
}
