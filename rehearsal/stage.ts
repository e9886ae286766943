import { setTimeout as sleep } from "node:timers/promises";
import type { ResourceProgress } from "#engine/events";
import type { Layer, PlatformOutputs, WorkloadsOutputs } from "#stacks/contracts";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { type ClusterTools, RehearsalCluster } from "./cluster/cluster.ts";
import { NETWORK } from "./cluster/isolation/addresses.ts";
import type { Inside } from "./cluster/isolation/inside.ts";
import type { Outcome } from "./outcome.ts";
import type { Served } from "./phases/release.ts";
import type { Progress, Screen } from "./progress.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

export interface StoryOptions {
  environment: EnvironmentName;
  inside: Inside;
  tools: ClusterTools & { pulumi: string };
  /** Files of custom resource definitions. */
  crds: readonly string[];
  /** Release versions under load. */
  traffic: boolean;
  /** Leave everything up at the end. */
  keep: boolean;
  screen: Screen;
  /** What is known already: tools, phases that went before. Filled in here. */
  outcome: Outcome;
}

/** What the phases work on. */
export interface Stage extends StoryOptions {
  progress: Progress;
  cluster: RehearsalCluster;
  workspace: Workspace;
  served: Served;
  /** Who hears of each resource that the engine has dealt with, until the next one asks. */
  listen(to: (resource: ResourceProgress) => void): void;
  /** @throws {Error} when the model's rollout is not at rest within so many seconds. */
  untilHealthy(seconds: number): Promise<void>;
}

/**
 * Times shortened for a rehearsal, seconds: enough for some thousand requests at each share. Everything else is the product's own.
 * `stacks/inputs/pace.ts` reads them and says so in the engine's log.
 */
export const PACE: Record<string, number> = {
  stepSeconds: 14,
  soakSeconds: 14,
  intervalSeconds: 4,
  windowSeconds: 10,
  scaleDownDelaySeconds: 15,
  // A count: what 5 % of the load is sure to bring in a window.
  minRequests: 40,
};

/** The model that is released; the first one of `stacks/inputs/models.ts`. */
export const MODEL = "fraud";

/** Prepares engine, project and stacks on a cluster that is up. */
export async function createStage(options: StoryOptions, progress: Progress, cluster: RehearsalCluster): Promise<Stage> {
  const { environment, inside, tools, screen } = options;
  let listener: (resource: ResourceProgress) => void = () => undefined;
  const workspace = await createWorkspace({
    environment,
    folder: inside.folder,
    pulumi: tools.pulumi,
    cluster,
    pace: PACE,
    signal: inside.stopped,
    onResource: (_stack, resource) => {
      screen.update(
        `${resource.done}${resource.total === undefined ? "" : ` of ${resource.total}`} ${resource.op} ${resource.name}`,
      );
      listener(resource);
    },
  });
  const { plugins } = workspace;
  options.outcome.simulated = simulated(plugins.providers);
  const stage: Stage = {
    ...options,
    progress,
    cluster,
    workspace,
    served: { model: MODEL, namespace: "", host: "", path: "/invocations", body: JSON.stringify({ inputs: [[12.5, 1, 0, 3]] }) },
    listen: (to) => {
      listener = to;
    },
    untilHealthy: (seconds) => untilHealthy(stage, seconds),
  };
  return stage;
}

/** What is not the real thing, in words for screen and report. */
function simulated(providers: Readonly<Record<string, string>>): string[] {
  const others = Object.entries(providers).filter(([name]) => name !== "aws");
  return [
    "AWS simulated",
    "charts recorded, not rendered",
    `plugins: ${others.map(([name, what]) => `${name} ${what}`).join(", ")}`,
    "pods of MLflow and of model servers run as processes, all others are marked ready",
  ];
}

/** Learns from the outputs what was not known before: names for the namespace, where the model answers. */
export async function learnOutputs(stage: Stage, layer: Layer): Promise<void> {
  const { workspace, environment, inside, served } = stage;
  const outputs: unknown = await workspace.engine.outputs(`${layer}-${environment}`);
  if (layer === "platform") {
    const { monitoring } = outputs as PlatformOutputs;
    inside.hosts.set({ [new URL(monitoring.prometheusUrl).hostname]: NETWORK.prometheus });
  }
  if (layer === "workloads") {
    const { host, namespace } = (outputs as WorkloadsOutputs).models[MODEL] ?? { host: "", namespace: "" };
    Object.assign(served, { host, namespace });
  }
}

async function untilHealthy({ cluster, served }: Stage, seconds: number): Promise<void> {
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${served.namespace}/rollouts/${served.model}`;
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(200)) {
    const { status, metadata } = await cluster.kube.get(path);
    if (status?.phase === "Healthy" && String(status.observedGeneration) === String(metadata.generation)) {
      return;
    }
  }
  throw new Error(`rollout ${served.namespace}/${served.model} must be at rest within ${seconds} s`);
}
