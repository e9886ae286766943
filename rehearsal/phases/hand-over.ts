import { rmSync } from "node:fs";
import { join } from "node:path";
import { counted } from "#render/counted";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { readPointer } from "#stacks/inputs/releases/read";
import { storeIn } from "../model-store/model-store.ts";
import type { Trained } from "../model-store/train.ts";
import { MODEL } from "../models.ts";
import { phase } from "../phase.ts";
import { NO_CHANGES, writeChanges } from "../program/changes.ts";
import { copyReleases, nameTrained } from "../releases.ts";
import { untilAtRest } from "../served.ts";
import { answerInVersion, servedModel } from "./layers.ts";

/** Seconds for the model's version of the working tree to have all traffic again. */
const PATIENCE = 120;

/** What was rehearsed is put back, so that a person who practises begins with no change, and sees what an edit of the working tree does. */
export const handOver = phase({
  name: "hand-over",
  summary: "brings teams, models and versions back to what the working tree says, to practise in (--keep)",
  needs: ["control-plane", "project", "models", "workloads"],
  skip: ({ keep }) => (keep ? undefined : "nothing is kept (without --keep)"),
  run: async ({ environment, inside, workspace, cluster, versions, served, update }) => {
    writeChanges(workspace.project, NO_CHANGES);
    copyReleases(workspace.releases);
    nameTrained(workspace.releases, environment, versions);
    removeOthers(storeIn(inside.folder), environment, versions);
    const { changes } = await workspace.engine.up(`workloads-${environment}`);
    update(`${served.model} as the working tree says`);
    await untilAtRest(cluster.kube, served, PATIENCE);
    const { version } = await answerInVersion(cluster, await servedModel({ workspace, environment, inside }, MODEL));
    const changed = changes.create + changes.update + changes.replace + changes.delete;
    return { detail: `${counted(changed, "change")} · ${MODEL} version ${version}, as ${FILES.pointer(environment)} says` };
  },
});

/** Whoever practises trains these versions anew. */
function removeOthers(store: string, environment: EnvironmentName, versions: readonly Trained[]): void {
  const served = readPointer(environment).models;
  for (const { model, version } of versions.filter((each) => served[each.model] !== each.version)) {
    rmSync(join(store, "models", model, version), { recursive: true, force: true });
  }
}
