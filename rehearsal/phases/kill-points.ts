import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { EngineFailure } from "#engine/failure";
import { thisMachine } from "#promotion/state/machine";
import { type Dialogue, recoverLayer } from "#promotion/state/recover";
import type { Layer } from "#stacks/contracts";
import { programsRunning } from "#toolchain/process-table";
import type { Kube } from "../cluster/controlplane/kube.ts";
import { type Context, phase } from "../phase.ts";
import { until } from "../until.ts";

/** What is killed without warning. */
type Victim = "engine" | "provider" | "API server";

/** One moment at which something is killed. */
interface KillPoint {
  layer: Layer;
  operation: "up" | "destroy";
  victim: Victim;
  /** Resources that are done by then, or the moment at which Helm has begun to install a chart. */
  at: number | "chart";
}

/** Each follows from the one before: what has come up is destroyed, and what was destroyed comes up again. */
const POINTS: readonly KillPoint[] = [
  { layer: "workloads", operation: "destroy", victim: "engine", at: 10 },
  { layer: "workloads", operation: "up", victim: "engine", at: 20 },
  { layer: "workloads", operation: "destroy", victim: "provider", at: 15 },
  { layer: "workloads", operation: "up", victim: "provider", at: 25 },
  { layer: "workloads", operation: "destroy", victim: "API server", at: 8 },
  { layer: "workloads", operation: "up", victim: "API server", at: 15 },
  { layer: "workloads", operation: "destroy", victim: "engine", at: 30 },
  { layer: "platform", operation: "destroy", victim: "API server", at: 60 },
  { layer: "platform", operation: "up", victim: "engine", at: "chart" },
  { layer: "platform", operation: "destroy", victim: "engine", at: 40 },
  { layer: "platform", operation: "up", victim: "provider", at: "chart" },
];

/** Commands with which a person may have to recover: `state recover` and the operation, twice. */
const MOST_COMMANDS = 4;

/** Kills with SIGKILL what an operation stands on, and recovers as a person does. */
export const killPoints = phase({
  name: "kill-points",
  summary: "kills engine, provider and API server during operations, and recovers; only when it is asked for (--only)",
  needs: ["control-plane", "project", "workloads"],
  onRequest: true,
  run: async (context) => {
    const { environment, workspace, update } = context;
    const recovered: number[] = [];
    for (const [number, point] of POINTS.entries()) {
      const stack = `${point.layer}-${environment}`;
      update(`${number + 1} of ${POINTS.length}: ${point.victim} during ${point.operation} of ${stack}`);
      await killDuring(point, stack, context);
      recovered.push(await recover(point, stack, context));
      if (point.layer === "platform" && point.operation === "destroy") {
        // In an account the cluster goes with the platform, and what was retained with the cluster.
        await forget(context.cluster.kube, RETAINED);
      }
      if (point.operation === "up") {
        await demandNoChange(stack, context);
      }
    }
    await workspace.engine.up(`workloads-${environment}`);
    await demandNoChange(`workloads-${environment}`, context);
    return {
      detail: `${POINTS.length} kills recovered, each with at most ${Math.max(...recovered)} commands · 0 changes on each preview afterwards`,
    };
  },
});

type Scene = Context<"control-plane" | "project">;

/** @throws {Error} when the operation goes on as if nothing had happened to its engine or provider. */
async function killDuring(point: KillPoint, stack: string, { cluster, workspace, listen }: Scene): Promise<void> {
  const reached = Promise.withResolvers<void>();
  let done = 0;
  listen(() => {
    done += 1;
    if (done === point.at) {
      reached.resolve();
    }
  });
  if (point.at === "chart") {
    void until("a chart that is being installed", 300, async () => (await installing(cluster.kube)).length > 0 || undefined).then(
      () => reached.resolve(),
      reached.reject,
    );
  }
  const operation = workspace.engine[point.operation](stack).then(
    () => undefined,
    (error: unknown) => error,
  );
  await Promise.race([reached.promise, operation]);
  await kill(point.victim, cluster);
  const failure = await operation;
  listen(() => undefined);
  if (failure !== undefined && !(failure instanceof EngineFailure)) {
    throw failure;
  }
  if (failure === undefined && point.victim !== "API server") {
    throw new Error(`${point.operation} of ${stack} must fail when its ${point.victim} is killed, it went on`);
  }
}

/** Releases whose installation Helm has begun and not ended, by its own notes. */
async function installing(kube: Kube): Promise<Release[]> {
  const { items } = await kube.get("/api/v1/secrets?labelSelector=owner=helm,status=pending-install");
  return (items as { metadata: { namespace: string; labels: { name: string } } }[]).map(({ metadata }) => ({
    name: metadata.labels.name,
    namespace: metadata.namespace,
  }));
}

async function kill(victim: Victim, { processes }: Scene["cluster"]): Promise<void> {
  if (victim === "API server") {
    await processes.restart("kube-apiserver");
    return;
  }
  for (const pid of programsRunning(victim === "engine" ? "pulumi" : "pulumi-resource-kubernetes")) {
    process.kill(pid, "SIGKILL");
  }
}

/**
 * Mends the state as `millrace state recover` does, and repeats the operation.
 *
 * @returns how many commands a person would have typed.
 */
async function recover({ operation, layer }: KillPoint, stack: string, context: Scene): Promise<number> {
  const { engine, folder } = context.workspace;
  const dialogue: Dialogue = {
    say: (text) => appendFileSync(join(folder, "logs", "recover.log"), `${text}\n`),
    // A rehearsal has processes of its own, and its state is nobody else's.
    machine: { ...thisMachine(), blind: false },
    variables: { ...process.env, ...context.workspace.environment },
  };
  try {
    for (let commands = 0; ; ) {
      commands += (await recoverLayer(engine, layer, context.environment, dialogue)).length > 0 ? 2 : 1;
      try {
        await engine[operation](stack);
        return commands;
      } catch (error) {
        if (!(error instanceof EngineFailure) || commands >= MOST_COMMANDS) {
          throw error;
        }
        if (/apply conflict/.test(error.reason)) {
          // The object is there, and belongs to the provider that was killed with its name. The next command takes it over.
          process.env[FORCE] = "true";
        }
      }
    }
  } finally {
    delete process.env[FORCE];
  }
}

/** Variable with which the Kubernetes provider takes fields over from others. */
const FORCE = "PULUMI_K8S_ENABLE_PATCH_FORCE";

/** A release, as Helm knows it. */
interface Release {
  name: string;
  namespace: string;
}

/** Kueue's: removing its component leaves it where it is. */
const RETAINED: Release = { name: "kueue", namespace: "kueue-system" };

async function forget(kube: Kube, { name, namespace }: Release): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/secrets`;
  const { items } = await kube.get(`${path}?labelSelector=owner=helm,name=${name}`);
  for (const { metadata } of items as { metadata: { name: string } }[]) {
    await kube.delete(`${path}/${metadata.name}`);
  }
}

async function demandNoChange(stack: string, { workspace }: Scene): Promise<void> {
  const { deployment } = (await workspace.engine.exportState(stack)) as { deployment: { pending_operations?: unknown[] } };
  if ((deployment.pending_operations ?? []).length > 0) {
    throw new Error(`after a kill and its recovery the state of ${stack} must have no operation that was begun and not ended`);
  }
  const { changes } = await workspace.engine.preview(stack);
  const wanted = changes.create + changes.update + changes.delete + changes.replace;
  if (wanted > 0) {
    throw new Error(`after a kill and its recovery ${stack} must have nothing to change, a preview wants ${wanted}`);
  }
}
