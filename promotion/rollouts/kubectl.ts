import { run, which } from "#toolchain/command";
import { MachineError } from "#toolchain/errors";

/** Seconds until a cluster that does not answer is given up. */
const PATIENCE = 20;

/**
 * What the cluster of the current kubeconfig has.
 *
 * @throws {MachineError} when there is no kubectl, or the cluster does not answer.
 */
export async function kubectl(...words: string[]): Promise<string> {
  const program = await which("kubectl");
  if (program === undefined) {
    throw new MachineError(
      "kubectl is missing.",
      "Install it, and run `aws eks update-kubeconfig` for the environment's cluster.",
    );
  }
  const { code, stdout, stderr } = await run(program, [`--request-timeout=${PATIENCE}s`, ...words], {
    timeout: (PATIENCE + 10) * 1_000,
  });
  if (code !== 0) {
    const said = stderr.trim().split("\n").at(-1) ?? `kubectl ended with code ${code}`;
    throw new MachineError(
      `The cluster did not answer to 'kubectl ${words.join(" ")}': ${said}.`,
      "Run `aws eks update-kubeconfig` for its cluster.",
    );
  }
  return stdout;
}
