import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineFailure } from "#engine/failure";
import { LAYERS } from "#stacks/contracts";
import { profiles } from "#stacks/inputs/environments/index";
import { LEASES_NAMESPACE } from "../cluster/dataplane/istiod.ts";
import type { Stage } from "../stage.ts";
import { leftInCluster } from "./leftovers.ts";

/** Takes the environment down, last layer first; where it is protected, shows first that the protection holds. */
export async function destroyAll(stage: Stage): Promise<void> {
  const { environment, workspace, progress, outcome, cluster } = stage;
  if (profiles[environment].protection.deletion) {
    await refuseThenUnprotect(stage);
  }
  await progress.phase("destroy", async (update) => {
    let deleted = 0;
    for (const layer of [...LAYERS].reverse()) {
      update(layer);
      const { changes } = await workspace.engine.destroy(`${layer}-${environment}`);
      deleted += changes.delete;
      await workspace.engine.removeStack(`${layer}-${environment}`);
    }
    outcome.leftovers = await leftInCluster(cluster.kube, [LEASES_NAMESPACE]);
    if (outcome.leftovers.length > 0) {
      throw new Error(`destroy must leave nothing, it left ${outcome.leftovers.join(", ")}`);
    }
    return { value: undefined, detail: `${deleted} deleted · 0 left in the cluster, 0 in the state` };
  });
}

/** A protected environment is destroyed on purpose only: the engine refuses, a person lifts the protection, layer by layer. */
async function refuseThenUnprotect({ environment, workspace, progress }: Stage): Promise<void> {
  await progress.phase("protection", async (update) => {
    const stack = `foundation-${environment}`;
    update(`destroy of ${stack} must be refused`);
    const refusal = await workspace.engine.destroy(stack).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(refusal instanceof EngineFailure)) {
      throw new Error(`destroy of ${stack} must be refused while it is protected, it was not`);
    }
    for (const layer of LAYERS) {
      await workspace.engine.unprotect(`${layer}-${environment}`);
    }
    writeFileSync(join(workspace.folder, "unprotected"), "");
    return { value: undefined, detail: "destroy refused; protection then lifted by hand, as docs/guides/destroy.md says" };
  });
}
