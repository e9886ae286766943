import { LAYERS } from "#stacks/contracts";
import { learnOutputs, type Stage } from "../stage.ts";
import { policyPack } from "./policies.ts";
import { firstAnswer } from "./release.ts";

/** Each layer comes up on what the one before it handed on; controllers start once the platform that would install them is there. */
export async function bringUpLayers(stage: Stage): Promise<void> {
  const { environment, workspace, progress, outcome, cluster } = stage;
  for (const layer of LAYERS) {
    if (layer === "workloads") {
      await progress.phase("controllers", async (update) => {
        update("istiod, Argo Rollouts, Envoy, Prometheus");
        await cluster.startDataPlane();
        return { value: undefined, detail: "istiod, Argo Rollouts, Envoy and Prometheus answer" };
      });
    }
    await progress.phase(layer, async () => {
      const byProvider: Record<string, number> = {};
      stage.listen(({ type, op }) => {
        const provider = type.split(":")[0] ?? "";
        if (op === "create" && provider !== "millrace" && provider !== "pulumi") {
          byProvider[provider] = (byProvider[provider] ?? 0) + 1;
        }
      });
      const { seconds } = await workspace.engine.up(`${layer}-${environment}`);
      const created = Object.values(byProvider).reduce((sum, count) => sum + count, 0);
      await learnOutputs(stage, layer);
      outcome.layers.push({ layer, created, seconds, byProvider });
      return {
        value: undefined,
        detail: `${created} created: ${Object.entries(byProvider)
          .map(([name, count]) => `${name} ${count}`)
          .join(", ")}`,
      };
    });
  }
}

/** What has just come up must be what the program says, down to the last field, and break no mandatory rule of the policy pack. */
export async function previewAgain({ environment, workspace, progress, outcome }: Stage): Promise<void> {
  await progress.phase("preview again", async (update) => {
    const pack = policyPack(environment, workspace.folder);
    let changed = 0;
    let advised = 0;
    for (const layer of LAYERS) {
      update(layer);
      const { changes, findings } = await workspace.engine.preview(`${layer}-${environment}`, pack);
      advised += findings.length;
      changed += changes.create + changes.update + changes.delete + changes.replace;
    }
    outcome.changesOnSecondPreview = changed;
    if (changed > 0) {
      throw new Error(`the second preview must change nothing, it wants ${changed} changes: see the logs of the previews`);
    }
    return { value: undefined, detail: `0 changes in ${LAYERS.length} layers · policies: 0 mandatory, ${advised} advisory` };
  });
}

export async function answers({ cluster, progress, served }: Stage): Promise<void> {
  await progress.phase("first answer", async (update) => {
    update(`${served.host}${served.path} through the gateway`);
    const version = await firstAnswer(cluster, served, 60);
    return { value: undefined, detail: `${served.model} version ${version} answers through the gateway` };
  });
}
