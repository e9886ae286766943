import type { ResourceProgress } from "#engine/events";
import { LAYERS } from "#stacks/contracts";
import { roomyTeams } from "../models.ts";
import { PACE } from "../pace.ts";
import { phase } from "../phase.ts";
import { installProgram, NO_CHANGES, writeChanges } from "../program/changes.ts";
import { createWorkspace } from "../workspace.ts";

/** Prepares engine, project and stacks: nothing that the engine does reaches the repository. */
export const project = phase({
  name: "project",
  summary: "makes a throwaway Pulumi project with the environment's stacks, their config, plugins and a state of its own",
  needs: ["control-plane"],
  run: async ({ environment, inside, tools, found, cluster, outcome, update }) => {
    let listener: (resource: ResourceProgress) => void = () => undefined;
    const workspace = await createWorkspace({
      environment,
      folder: inside.folder,
      pulumi: tools.pulumi,
      kubernetes: tools.kubernetes,
      kubectl: tools.kubectl,
      cluster,
      hosts: inside.hosts,
      found,
      pace: PACE,
      // Whatever the engine waits for, it waits in vain.
      signal: cluster.trouble,
      onResource: (_stack, resource) => {
        const { done, total, op, name } = resource;
        update(`${done}${total === undefined ? "" : ` of ${total}`} ${op} ${name}`);
        listener(resource);
      },
    });
    installProgram(workspace.project);
    writeChanges(workspace.project, { ...NO_CHANGES, teams: roomyTeams() });
    outcome.simulated = simulated(workspace.plugins.providers);
    return {
      workspace,
      listen: (to) => {
        listener = to;
      },
      detail: `${LAYERS.length} stacks in a project of their own`,
    };
  },
});

/** What is not the real thing, in words for screen and report. */
function simulated(providers: Readonly<Record<string, string>>): string[] {
  const others = Object.entries(providers).filter(([name]) => name !== "aws");
  return [
    "AWS simulated",
    `plugins: ${others.map(([name, what]) => `${name} ${what}`).join(", ")}`,
    "pods of Kueue, Karpenter, istiod, Argo Rollouts and Prometheus run their own programs, MLflow runs its own, the model servers run ours, trainers run a stand-in, all others are marked ready",
    "PostgreSQL of this machine's tools stands for RDS, with a certificate of its own",
    "no certificates: TLS ends before the gateway",
    "GPU shares of the teams halved, to leave room for a second team",
  ];
}
