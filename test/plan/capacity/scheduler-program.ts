// Run by scheduler.e2e.test.ts: places the pods of each case with the real scheduler, in a network of its own.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { interruption } from "#cli/interrupt";
import type { SizedPod } from "#components/pods/workload";
import { clustersOf } from "#plan/capacity/capacity";
import type { Demand } from "#plan/capacity/demand";
import type { Cluster } from "#plan/capacity/schedule";
import { type EnvironmentPlan, planEnvironment } from "#plan/environment";
import type { Recorded } from "#plan/record";
import { startControlPlane } from "#rehearsal/cluster/controlplane/control-plane";
import { applyDefinitions } from "#rehearsal/cluster/controlplane/crds";
import type { Json, Kube, KubeObject } from "#rehearsal/cluster/controlplane/kube";
import { Processes } from "#rehearsal/cluster/controlplane/processes";
import { enterNamespace } from "#rehearsal/cluster/isolation/enter";
import { isInside, setUp } from "#rehearsal/cluster/isolation/inside";
import { standInsOf } from "#rehearsal/cluster/nodes/chart-pods";
import { NodeAgent } from "#rehearsal/cluster/nodes/node-agent";
import { systemNodes } from "#rehearsal/cluster/nodes/nodes";
import { Vault } from "#rehearsal/cluster/vault";
import { profiles } from "#stacks/inputs/environments/index";
import { provideProjectFiles } from "#toolchain/projects";
import { provideTools } from "#toolchain/toolchain";
import { Provisioner } from "./provisioner.ts";
import { CASES, type Case, type Verdict } from "./scheduler-cases.ts";

const [folder = ""] = process.argv.slice(2);

async function judgeAll(): Promise<void> {
  const { controlplane } = await provideTools(["controlplane"]);
  const processes = new Processes(join(folder, "logs"));
  const { kube } = await startControlPlane(controlplane.commands, folder, processes);
  const definitions = (await provideProjectFiles()).definitions
    .filter(({ source }) => source === "karpenter")
    .map(({ path }) => path);
  await applyDefinitions(kube, definitions);
  const verdicts: Verdict[] = [];
  for (const each of Object.values(CASES)) {
    verdicts.push(await judge(kube, each));
  }
  // Beside the folder, which goes with the namespace.
  writeFileSync(join(folder, "..", "verdicts.json"), JSON.stringify(verdicts));
  await processes.stopAll();
}

/** The same pods and nodes, by the plan and by the scheduler. */
async function judge(kube: Kube, { environment, situation, system, deployment }: Case): Promise<Verdict> {
  const before = { ...profiles[environment].cluster.system };
  Object.assign(profiles[environment].cluster.system, system);
  const plan = await planEnvironment(environment);
  if (deployment) {
    plan.layers[2]!.resources.push({ type: "kubernetes:apps/v1:Deployment", inputs: deployment } as unknown as Recorded);
  }
  const { clusters } = clustersOf(plan);
  const planned = clusters[situation];
  const { instanceType, min: nodes } = profiles[environment].cluster.system;
  const zones = plan.layers[0]!.outputs["network"].zones as string[];
  const group = { instanceType, nodes };
  const agent = new NodeAgent({ kube, folder, vault: new Vault(), zones, system: group, placingSeconds: 3_600 });
  const provisioner = new Provisioner(kube, zones, systemNodes(zones, group));
  const prerequisites = objectsOf(plan);
  const workloads = askedIn(planned);
  await applyAll(kube, prerequisites);
  await agent.start();
  provisioner.start();
  await applyAll(kube, namespacesOf(workloads));
  await applyAll(kube, planned.daemons.flatMap(standInsOf));
  // As in life, a release and autoscalers add to what is at rest already.
  let reason: string | undefined;
  for (const cluster of new Set([clusters["at rest"], planned])) {
    const asked = askedIn(cluster);
    await applyAll(kube, asked.flatMap(standInsOf));
    reason = await settled(
      kube,
      provisioner,
      asked.reduce((sum, { replicas }) => sum + replicas, 0),
    );
  }
  const verdict = {
    plan: { pending: planned.pending.length > 0, nodes: nodesByPool(planned.nodes.map(({ pool }) => pool.name)) },
    scheduler: { reason, nodes: nodesByPool(((await kube.get("/api/v1/nodes"))["items"] as Json[]).map(poolOf)) },
  };
  Object.assign(profiles[environment].cluster.system, before);
  provisioner.stop();
  await removeAll(kube, agent, [...planned.daemons, ...workloads].flatMap(standInsOf), prerequisites);
  return verdict;
}

/** Node pools and classes of the plan, without which its pods are not accepted. */
const objectsOf = ({ layers }: EnvironmentPlan): KubeObject[] =>
  layers
    .flatMap(({ resources }) => resources)
    .flatMap(({ type, inputs }) => {
      const [, apiVersion = "", kind = ""] = /^kubernetes:([^:]+):(NodePool|PriorityClass|StorageClass)$/.exec(type) ?? [];
      return kind === "" ? [] : [{ ...inputs, apiVersion, kind } as unknown as KubeObject];
    });

/** Every workload with as many replicas as the plan has placed or left over. Jobs run until everything is placed, as servers do. */
function askedIn({ nodes, pending }: Cluster): Demand[] {
  const pods = [...nodes.flatMap((node) => node.pods.map(({ of }) => of)), ...pending];
  return [...Map.groupBy(pods, (of) => of)]
    .filter(([{ kind }]) => kind !== "DaemonSet")
    .map(([of, all], index) => ({
      ...of,
      ...(of.kind === "Job" && { kind: "Deployment" as const, name: `job-${index}`, labels: { job: `${index}` } }),
      namespace: of.namespace || "default",
      pod: scheduled(of.pod),
      replicas: all.length,
    }));
}

/** What the scheduler looks at: no service account and no volume must be there for it. */
function scheduled(pod: SizedPod): SizedPod {
  const { nodeSelector, tolerations, affinity, priorityClassName, topologySpreadConstraints, initContainers, containers } = pod;
  const all = { nodeSelector, tolerations, affinity, priorityClassName, topologySpreadConstraints, initContainers, containers };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as unknown as SizedPod;
}

const namespacesOf = (workloads: readonly Demand[]): KubeObject[] =>
  [...new Set(workloads.map(({ namespace }) => namespace))].map((name) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name },
  }));

const applyAll = async (kube: Kube, objects: readonly KubeObject[]): Promise<unknown> =>
  Promise.all(objects.map((object) => kube.apply(object)));

/** @returns the scheduler's reason when a pod finds no node; `undefined` when `count` pods beside those of DaemonSets are there, and all have one. */
async function settled(kube: Kube, { homeless }: Provisioner, count: number): Promise<string | undefined> {
  for (const deadline = Date.now() + 60_000; !homeless.aborted; await sleep(300)) {
    const pods = (await kube.get("/api/v1/pods"))["items"] as Json[];
    const replicas = pods.filter(({ metadata }) => metadata.ownerReferences[0].kind !== "DaemonSet");
    if (replicas.length >= count && pods.every(({ spec }) => spec.nodeName !== undefined)) {
      return undefined;
    }
    const waiting = pods.filter(({ spec }) => spec.nodeName === undefined).map(({ metadata }) => metadata.name);
    if (Date.now() > deadline) {
      throw new Error(`${replicas.length} of ${count} pods are there; without a node and a reason: ${waiting.join(", ")}`);
    }
  }
  return (homeless.reason as Error).message;
}

const poolOf = ({ metadata: { labels } }: Json): string => labels["karpenter.sh/nodepool"] ?? labels["millrace.dev/pool"];

const nodesByPool = (pools: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(pools, (pool) => pool)].map(([pool, all]) => [pool, all.length]));

async function removeAll(
  kube: Kube,
  agent: NodeAgent,
  made: readonly KubeObject[],
  others: readonly KubeObject[],
): Promise<void> {
  for (const object of [...made, ...others]) {
    await kube.delete(await kube.pathOf(object), { propagation: "Background" });
  }
  for (let left = [{}] as Json[]; left.length > 0; await sleep(200)) {
    const lists = await Promise.all(["pods", "persistentvolumeclaims"].map((kind) => kube.get(`/api/v1/${kind}`)));
    left = lists.flatMap(({ items }) => items as Json[]);
    for (const { metadata, spec } of left) {
      const kind = spec.containers ? "pods" : "persistentvolumeclaims";
      const path = `/api/v1/namespaces/${metadata.namespace}/${kind}/${metadata.name}`;
      await kube.delete(path, { graceSeconds: 0 }).catch(() => undefined);
    }
  }
  await agent.stop();
  for (const path of ["/api/v1/nodes", "/api/v1/persistentvolumes"]) {
    for (const { metadata } of (await kube.get(path))["items"] as Json[]) {
      await kube.delete(`${path}/${metadata.name}`);
    }
  }
}

if (isInside()) {
  setUp();
  await judgeAll();
  process.exit(0);
} else {
  const outcome = await enterNamespace({ folder, environment: "dev", argv: process.argv.slice(1), signal: interruption() });
  process.exitCode = Number(outcome);
}
