import { jobsNamespace, modelsNamespace } from "#components/teams/team";
import { LOCAL_QUEUE } from "#components/training/queue-names";
import { API } from "#components/versions";
import type { Changes as EngineChanges } from "#engine/events";
import { pointAt, writeModelRelease } from "#promotion/releases/write";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { readRelease } from "#stacks/inputs/release";
import type { Kube } from "../cluster/controlplane/kube.ts";
import type { Trained } from "../model-store/train.ts";
import { MODEL, SECOND_MODEL, SECOND_TEAM } from "../models.ts";
import { phase } from "../phase.ts";
import { readChanges, writeChanges } from "../program/changes.ts";
import { releaseOf } from "../releases.ts";
import { type RolloutState, rolloutOf, untilAtRest } from "../served.ts";
import { answerInVersion, countCreated, servedModel, sum } from "./layers.ts";
import { trainedAs } from "./models.ts";

/** A second team and its model are two entries, a release, and one `up`; nothing that was there changes. */
export const secondTeam = phase({
  name: "second-team",
  summary: "adds a team and a model by two entries and one `up`: both models answer, nothing of the first changes",
  needs: ["control-plane", "project", "models", "workloads", "first-answer"],
  run: async ({ cluster, workspace, listen, environment, inside, versions, served, outcome, update }) => {
    const before = await rolloutOf(cluster.kube, served);
    addEntries(workspace.project);
    addRelease(workspace.releases, environment, trainedAs(versions, SECOND_MODEL.name, "1"));
    update(`up of workloads-${environment}`);
    const byProvider = countCreated({ listen });
    const { changes } = await workspace.engine.up(`workloads-${environment}`);
    const created = sum(byProvider);
    demandOnlyNew(changes);
    const second = await servedModel({ workspace, environment, inside }, SECOND_MODEL.name);
    update(`${second.model} on its way`);
    await untilAtRest(cluster.kube, second, 60);
    const missing = await missingObjects(cluster.kube);
    if (missing.length > 0) {
      throw new Error(`team '${SECOND_TEAM.name}' must have its namespaces, queue and quotas, it lacks ${missing.join(", ")}`);
    }
    outcome.answers = [await answerInVersion(cluster, served), await answerInVersion(cluster, second)];
    demandUntouched(MODEL, before, await rolloutOf(cluster.kube, served));
    outcome.secondTeam = { team: SECOND_TEAM.name, model: second.model, created };
    const answers = outcome.answers.map(({ model, version }) => `${model} ${version}`).join(" and ");
    return { second, detail: `two entries, one up: ${created} created, 0 changed · ${answers} answer` };
  },
});

function addEntries(project: string): void {
  const { teams, models, ...rest } = readChanges(project);
  writeChanges(project, {
    ...rest,
    teams: { ...teams, [SECOND_TEAM.name]: SECOND_TEAM.spec },
    models: { ...models, [SECOND_MODEL.name]: SECOND_MODEL.spec },
  });
}

/** Releases the first version of the second model, and makes the environment run it. */
export function addRelease(releases: string, environment: EnvironmentName, trained: Trained): void {
  const first = readRelease(environment, releases).models[MODEL];
  if (!first) {
    throw new Error(`${FILES.pointer(environment)} must name model '${MODEL}' for the rehearsal to serve another one beside it`);
  }
  writeModelRelease(releaseOf(trained, first, null), releases);
  pointAt(environment, trained.model, trained.version, releases);
}

/** @throws {Error} when a team's or a model's entry changed something that was there. */
export function demandOnlyNew({ create, update, delete: deleted, replace }: EngineChanges): void {
  if (create === 0 || update + deleted + replace > 0) {
    throw new Error(
      `a second team and model must only add resources, they created ${create}, updated ${update}, replaced ${replace}, deleted ${deleted}`,
    );
  }
}

/** @throws {Error} when a model was rolled out again, or its Rollout changed, although only another one was meant to. */
export function demandUntouched(model: string, before: RolloutState, after: RolloutState): void {
  if (after.spec !== before.spec || after.podHash !== before.podHash) {
    const what = after.podHash === before.podHash ? "its Rollout has another spec" : "it serves from other pods";
    throw new Error(
      `a change of another model must not touch ${model}, ${what} afterwards: ${before.podHash} → ${after.podHash}`,
    );
  }
}

/** Objects of the second team that are not in the cluster. */
export async function missingObjects(kube: Kube): Promise<string[]> {
  const { name } = SECOND_TEAM;
  const namespaces = [jobsNamespace(name), modelsNamespace(name)];
  const paths = [
    ...namespaces.map((namespace) => `/api/v1/namespaces/${namespace}`),
    `/apis/${API.kueue}/clusterqueues/${name}`,
    `/apis/${API.kueue}/namespaces/${jobsNamespace(name)}/localqueues/${LOCAL_QUEUE}`,
  ];
  const found = await Promise.all(paths.map((path) => kube.find(path)));
  const quotas = await Promise.all(namespaces.map((namespace) => kube.find(`/api/v1/namespaces/${namespace}/resourcequotas`)));
  return [
    ...paths.filter((_, index) => found[index] === undefined),
    ...namespaces
      .filter((_, index) => (quotas[index]?.["items"] ?? []).length === 0)
      .map((namespace) => `a ResourceQuota in ${namespace}`),
  ];
}
