import { counted } from "#render/counted";
import { FILES } from "#stacks/inputs/files";
import { MODEL } from "../models.ts";
import { phase } from "../phase.ts";
import { NO_CHANGES, writeChanges } from "../program/changes.ts";
import { untilAtRest } from "../served.ts";
import { copyReleases } from "../workspace.ts";
import { answerInVersion, servedModel } from "./layers.ts";

/** Seconds for the model's version of the working tree to have all traffic again. */
const PATIENCE = 120;

/** What was rehearsed is put back, so that a person who practises begins with no change, and sees what an edit of the working tree does. */
export const handOver = phase({
  name: "hand-over",
  summary: "brings teams, models and versions back to what the working tree says, to practise in (--keep)",
  needs: ["control-plane", "project", "workloads"],
  skip: ({ keep }) => (keep ? undefined : "nothing is kept (without --keep)"),
  run: async ({ environment, workspace, cluster, served, update }) => {
    writeChanges(workspace.project, NO_CHANGES);
    copyReleases(workspace.releases);
    const { changes } = await workspace.engine.up(`workloads-${environment}`);
    update(`${served.model} as the working tree says`);
    await untilAtRest(cluster.kube, served, PATIENCE);
    const { version } = await answerInVersion(cluster, await servedModel({ workspace, environment }, MODEL));
    const changed = changes.create + changes.update + changes.replace + changes.delete;
    return { detail: `${counted(changed, "change")} · ${MODEL} version ${version}, as ${FILES.pointer(environment)} says` };
  },
});
