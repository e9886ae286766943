import * as pulumi from "@pulumi/pulumi";
import { LAYERS, type WorkloadsOutputs } from "#stacks/contracts";
import { FILES } from "#stacks/inputs/files";
import { beginning } from "./beginning.ts";
import { changeOf, runsByPointer } from "./candidates.ts";
import { digests } from "./carry-out.ts";
import { follow } from "./follow.ts";
import type { LedgerRecord, Owner } from "./ledger/record.ts";
import { stateOf } from "./state/layer-state.ts";
import { stackOf } from "./state/stack-files.ts";
import { modelOf } from "./subjects.ts";
import { programIn, type Target } from "./target.ts";

/**
 * Writes down what an environment runs that came up before there was a ledger: promotions go on from there.
 *
 * @throws {pulumi.RunError} when the chain has records already, or the environment runs something else than its pointer says.
 */
export async function adopt(target: Target, owner: Owner): Promise<LedgerRecord> {
  const { environment, ledger, releases } = target;
  const [last] = await ledger.records(environment);
  if (last !== undefined) {
    throw new pulumi.RunError(
      `the ledger of ${environment} must be empty for it to be adopted, got a record of ${last.time}: promote to it`,
    );
  }
  const runs = runsByPointer(environment, releases);
  const { engine, release } = await programIn(target, releases);
  const { models } = (await engine.outputs(stackOf("workloads", environment))) as unknown as WorkloadsOutputs;
  const changes = Object.entries(runs).map(([subject, to]) => changeOf(subject, null, to, releases));
  const problems = changes.flatMap(({ subject, to }): string[] => {
    const model = modelOf(subject);
    const running = model === undefined ? to : models?.[model]?.version;
    return running === to
      ? []
      : [
          `${FILES.pointer(environment)}: models.${model} must be what ${environment} runs, '${running ?? "nothing"}', got '${to}': bring it up first`,
        ];
  });
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.join("\n"));
  }
  const states = digests(await Promise.all(LAYERS.map((layer) => stateOf(engine, layer, environment))));
  const begin = await beginning(target, undefined, {
    operation: "promote",
    changes,
    gates: [],
    approvals: [],
    states,
    program: release.program,
    owner,
    reason: "adopted: it was up before there was a ledger",
  });
  const time = new Date().toISOString();
  const done = await ledger.append({ kind: "done", environment, owner, time, begin: begin.number, states, seconds: 0 });
  await follow(target, begin, owner);
  return done;
}
