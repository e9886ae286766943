import { certificateAuthorityOf } from "#components/database/authorities";
import { servingNames } from "#components/serving/names";
import { stackConfig } from "#plan/environment";
import { counted } from "#render/counted";
import { type FoundationOutputs, LAYERS, type Layer, type PlatformOutputs, type WorkloadsOutputs } from "#stacks/contracts";
import { storeIn } from "../model-store/model-store.ts";
import { questionsFor } from "../model-store/train.ts";
import { MODEL } from "../models.ts";
import { type Context, phase } from "../phase.ts";
import { SCORING_PATH, type Served, waitForAnswer } from "../served.ts";
import { policyPack } from "./policies.ts";

export const foundation = phase({
  name: "foundation",
  summary: "brings up the foundation layer, and starts what stands in for its database and its store of artifacts",
  needs: ["control-plane", "project"],
  run: async (context) => {
    const result = await bringUp("foundation", context);
    context.update("PostgreSQL");
    await startServices(context);
    return result;
  },
});

/** Starts what the tracking server needs of AWS. */
async function startServices({
  cluster,
  workspace,
  environment,
  inside,
}: Pick<Context<"control-plane" | "project">, "cluster" | "workspace" | "environment" | "inside">): Promise<void> {
  const outputs: unknown = await workspace.engine.outputs(`foundation-${environment}`);
  const { database, stores } = outputs as FoundationOutputs;
  const region = String(stackConfig("platform", environment).config["millrace:region"]);
  const authority = certificateAuthorityOf(region);
  // The platform refuses a region without one.
  if (authority !== undefined) {
    await cluster.startDatabase(database, authority, inside.hosts);
  }
  await cluster.startArtifactStore(stores.artifacts.name);
}

export const platform = phase({
  name: "platform",
  summary: "brings up the platform layer; the API server checks every object",
  needs: ["project", "foundation"],
  run: async (context) => {
    const result = await bringUp("platform", context);
    const { workspace, environment, outcome } = context;
    outcome.charts = workspace.charts.ways();
    const outputs: unknown = await workspace.engine.outputs(`platform-${environment}`);
    const { gateway, monitoring } = outputs as PlatformOutputs;
    const names = { namespace: gateway.namespace, labels: gateway.selector };
    return { ...result, dataPlane: { gateway: names, prometheusUrl: new URL(monitoring.prometheusUrl) } };
  },
});

export const workloads = phase({
  name: "workloads",
  summary: "brings up the workloads layer: teams and served models",
  needs: ["project", "platform", "controllers", "models"],
  run: async (context) => ({ ...(await bringUp("workloads", context)), served: await servedModel(context, MODEL) }),
});

/** Where a model answers, from the outputs of the workloads layer. */
export async function servedModel(
  { workspace, environment, inside }: Pick<Context<"project">, "workspace" | "environment" | "inside">,
  model: string,
): Promise<Served> {
  const outputs: unknown = await workspace.engine.outputs(`workloads-${environment}`);
  const found = (outputs as WorkloadsOutputs).models[model];
  if (!found) {
    throw new Error(`workloads-${environment} must serve '${model}', its outputs do not name it`);
  }
  return { model, ...found, path: SCORING_PATH, bodies: questionsFor(storeIn(inside.folder), model) };
}

/** Brings up one layer and counts what its providers made. */
async function bringUp(layer: Layer, context: Context<"project">): Promise<{ detail: string }> {
  const { environment, workspace, outcome } = context;
  const byProvider = countCreated(context);
  const { seconds } = await workspace.engine.up(`${layer}-${environment}`);
  const created = sum(byProvider);
  outcome.layers.push({ layer, created, seconds, byProvider });
  const counts = Object.entries(byProvider).map(([name, count]) => `${name} ${count}`);
  return { detail: `${created} created: ${counts.join(", ")}` };
}

/** Counts from now on what providers create, by provider; components and the stack itself do not count. */
export function countCreated({ listen }: Pick<Context<"project">, "listen">): Record<string, number> {
  const byProvider: Record<string, number> = {};
  listen(({ type, op }) => {
    const provider = type.split(":")[0] ?? "";
    if (op === "create" && provider !== "millrace" && provider !== "pulumi") {
      byProvider[provider] = (byProvider[provider] ?? 0) + 1;
    }
  });
  return byProvider;
}

export const sum = (counts: Readonly<Record<string, number>> | readonly number[]): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** What has just come up must be what the program says, down to the last field, and break no mandatory rule of the policy pack. */
export const previewAgain = phase({
  name: "preview-again",
  summary: "previews all layers with the policy pack: they must change nothing and break no mandatory rule",
  needs: ["project", "workloads"],
  run: async ({ environment, workspace, outcome }) => {
    const pack = policyPack(environment, workspace.folder);
    // All at once: a preview alone leaves a core idle.
    const previews = await Promise.all(LAYERS.map((layer) => workspace.engine.preview(`${layer}-${environment}`, pack)));
    const changed = sum(previews.map(({ changes }) => changes.create + changes.update + changes.delete + changes.replace));
    const advised = sum(previews.map(({ findings }) => findings.length));
    outcome.changesOnSecondPreview = changed;
    if (changed > 0) {
      throw new Error(
        `the second preview must change nothing, it wants ${counted(changed, "change")}: see the logs of the previews`,
      );
    }
    return { detail: `0 changes in ${LAYERS.length} layers · policies: 0 mandatory, ${advised} advisory` };
  },
});

export const firstAnswer = phase({
  name: "first-answer",
  summary: "asks the model through the gateway until it answers",
  needs: ["control-plane", "workloads"],
  run: async ({ cluster, inside, served, outcome, update }) => {
    const { model, namespace } = served;
    const { stableService, canaryService } = servingNames(model, namespace);
    // For a comparer, should the model have one.
    await cluster.proxyServices(
      [stableService, canaryService].map((service) => ({ service, namespace })),
      inside.hosts,
    );
    update(`${served.host}${served.path} through the gateway`);
    outcome.answers = [await answerInVersion(cluster, served)];
    return { detail: `${served.model} version ${served.version} answers through the gateway` };
  },
});

/** Seconds in which a model must answer: three environments that come up at once share two cores. */
const PATIENCE = 120;

/** @throws {Error} when the model does not answer in time, or in another version than the release names. */
export async function answerInVersion(cluster: Context<"control-plane">["cluster"], served: Served) {
  const version = await waitForAnswer(cluster, served, PATIENCE);
  if (version !== served.version) {
    throw new Error(`${served.model} must answer in version ${served.version}, it answers in version '${version}'`);
  }
  return { model: served.model, version };
}
