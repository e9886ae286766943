import { symlinkSync } from "node:fs";
import type { FoundationOutputs } from "#stacks/contracts";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { models as served } from "#stacks/inputs/models";
import { readPointer } from "#stacks/inputs/releases/read";
import { storeIn } from "../model-store/model-store.ts";
import { type Trained, trainVersions, type Version } from "../model-store/train.ts";
import { MODEL, nextVersions, SECOND_MODEL } from "../models.ts";
import { type Context, phase } from "../phase.ts";
import { nameTrained } from "../releases.ts";
import { clientVariables, jobsOf, openService } from "../tracking/server.ts";

/** The models that a rehearsal serves are trained for it. */
export const models = phase({
  name: "models",
  summary: "trains the models that are served, records them with MLflow, releases them by digest, and opens the model store",
  needs: ["control-plane", "project", "foundation", "platform"],
  run: async (context) => {
    const { environment, inside, tools, cluster, workspace, update } = context;
    await openService(cluster, inside.hosts);
    const trainer = await jobsOf(cluster.kube, teamOf(MODEL));
    update("training");
    const wanted = versionsToTrain(environment, workspace.releases);
    const options = { signal: cluster.ended, tracking: clientVariables(trainer) };
    const versions = await trainVersions(tools.python, storeIn(inside.folder), wanted, options);
    nameTrained(workspace.releases, environment, versions);
    await openStore(context);
    const auc = ({ model, version, metrics }: Trained) => `${model} ${version} (AUC ${metrics.test["auc"]?.toFixed(3)})`;
    return { versions, trainer, detail: `${versions.map(auc).join(", ")}, trained on ${dataOf(versions)}` };
  },
});

/** In a promotion people train, and a store is filled by what is promoted. */
export const modelsIn = (store: (environment: EnvironmentName) => string) =>
  phase({
    name: "models",
    summary: "opens the model store of the environment, which is filled by what is promoted",
    needs: ["control-plane", "project", "foundation"],
    run: async (context) => {
      const folder = store(context.environment);
      symlinkSync(folder, storeIn(context.inside.folder));
      await openStore(context);
      return { versions: [], trainer: undefined, detail: folder };
    },
  });

async function openStore({
  cluster,
  workspace,
  environment,
  inside,
}: Context<"control-plane" | "project" | "foundation">): Promise<void> {
  const outputs: unknown = await workspace.engine.outputs(`foundation-${environment}`);
  await cluster.startModelStore((outputs as FoundationOutputs).stores.models.name, storeIn(inside.folder));
}

/** What is served at first, what is released later, and the model of the second team. The bad version fails by what is in its files. */
function versionsToTrain(environment: EnvironmentName, releases: string): Version[] {
  const { good, bad } = nextVersions();
  const served = Object.entries(readPointer(environment, releases).models).map(([model, version]) => ({ model, version }));
  return [
    ...served,
    { model: MODEL, version: good },
    { model: MODEL, version: bad, fault: "errors" },
    { model: SECOND_MODEL.name, version: "1" },
  ];
}

/** @throws {Error} when it is none of those that were trained. */
export function trainedAs(versions: readonly Trained[], model: string, version: string): Trained {
  const found = versions.find((each) => each.model === model && each.version === version);
  if (!found) {
    throw new Error(`${model} ${version} must be trained before it is released`);
  }
  return found;
}

const teamOf = (model: string): string => served[model]!.team;

const dataOf = (versions: readonly Trained[]): string => [...new Set(versions.map(({ data }) => data))].join(" and ");
