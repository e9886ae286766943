import * as z from "zod";
import { inWords, pathOf, shown, withoutSecrets } from "#stacks/wording";
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
    const said = withoutSecrets(
      stderr.trim().split("\n").at(-1) || `it ended with code ${code}, after ${PATIENCE + 10} s at most`,
    );
    throw new MachineError(
      `The cluster did not answer to 'kubectl ${words.join(" ")}': ${said}.`,
      "Run `aws eks update-kubeconfig` for its cluster.",
    );
  }
  return stdout;
}

/**
 * What an answer of the cluster says.
 *
 * @throws {MachineError} when it is not what a cluster with Argo Rollouts would say.
 */
export function understood<T>(answer: unknown, schema: z.ZodType<T>): T {
  let content = answer;
  try {
    content = typeof answer === "string" ? JSON.parse(answer) : answer;
  } catch {
    throw new MachineError(`kubectl must answer with JSON, got ${shown(answer === "" ? undefined : answer)}.`, REMEDY);
  }
  const { data, error } = schema.safeParse(content, { error: inWords });
  if (error) {
    const [{ path, message }] = error.issues as [z.core.$ZodIssue];
    throw new MachineError(`kubectl must answer with objects of Argo Rollouts 1.9: ${pathOf(path)} ${message}.`, REMEDY);
  }
  return data;
}

const REMEDY = "Look at what it says: kubectl get rollouts,analysisruns,replicasets -A -o json";
