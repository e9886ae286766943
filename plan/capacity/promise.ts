import { instanceOf } from "#components/instances/instance";
import { GPU } from "#components/labels";
import { counted } from "#render/counted";
import type { Carried, GpuCarried, Profile } from "#stacks/inputs/environments/profile";
import type { EnvironmentPlan } from "../environment.ts";
import type { Demand } from "./demand.ts";
import { quotaOf } from "./jobs.ts";
import type { Pool } from "./pools.ts";
import { cpu, memory } from "./refusal.ts";
import { clusterOf, place } from "./schedule.ts";

/** What the profile says that each pool carries, by the pool's name, with the setting that says so. */
function promisesOf({ cpu: general, gpu }: Profile): Record<string, { setting: string; carries: Carried | GpuCarried }> {
  return {
    cpu: { setting: "cpu", carries: general.carries },
    training: { setting: "gpu.training", carries: gpu.training.carries },
    inference: { setting: "gpu.inference", carries: gpu.inference.carries },
  };
}

/** Pools that do not carry what the profile says they carry, one sentence each. Each pool is judged empty but for its DaemonSets. */
export function brokenPromises(profile: Profile, pools: readonly Pool[], workloads: readonly Demand[]): string[] {
  const promises = promisesOf(profile);
  return pools.flatMap((pool) => {
    const promise = promises[pool.name];
    return promise ? (problemOf(pool, promise, profile.name, workloads) ?? []) : [];
  });
}

function problemOf(
  pool: Pool,
  { setting, carries }: { setting: string; carries: Carried | GpuCarried },
  environment: string,
  workloads: readonly Demand[],
): string | undefined {
  const { pods, cpus, memoryGiB } = carries;
  const size = pool.name === "cpu" ? "maxCpus" : "maxGpus";
  const type = pool.name === "cpu" ? "instanceTypes" : "instanceType";
  const remedy = `raise \`${setting}.${size}\`, choose a larger \`${setting}.${type}\`, or promise less in \`${setting}.carries\``;
  const promised = `${environment}: pool '${pool.name}' does not carry what \`${setting}.carries\` promises:`;
  if ("gpus" in carries) {
    const has = (instanceOf(pool.instanceType)?.gpuMemoryMiB ?? 0) / 1_024;
    if (has < carries.gpuMemoryGiB) {
      return `${promised} ${carries.gpuMemoryGiB} GiB asked of each GPU, ${has.toFixed(1)} GiB on a ${pool.instanceType}: ${remedy}`;
    }
  }
  const cluster = clusterOf([pool], workloads);
  place(cluster, podOf(pool, carries), pods);
  if (cluster.pending.length === 0) {
    return undefined;
  }
  const { cpuMillis, memoryMiB, gpus } = pool.room;
  const each = "gpus" in carries ? `${carries.gpus} GPUs, ` : "";
  return [
    promised,
    `${counted(pods, "pod")} of ${each}${cpu(cpus * 1_000)} CPU and ${memory(memoryGiB * 1_024)} asked,`,
    `${pods - cluster.pending.length} find room on ${pool.most} × ${pool.instanceType}`,
    `(${gpus > 0 ? `${gpus} GPUs, ` : ""}${cpu(cpuMillis)} and ${memory(memoryMiB)} allocatable on each): ${remedy}`,
  ].join(" ");
}

/** A pod of the promise, which tolerates what the pool's own jobs and servers tolerate. */
const podOf = ({ name, labels, taints }: Pool, carries: Carried | GpuCarried): Demand => ({
  kind: "Job",
  name: `promised to ${name}`,
  namespace: "",
  labels: {},
  layer: "platform",
  doubles: false,
  replicas: 0,
  mostReplicas: carries.pods,
  volumeGiB: 0,
  pod: {
    nodeSelector: labels,
    tolerations: taints.map(({ key }) => ({ key, operator: "Exists" })),
    containers: [
      {
        name: "promised",
        resources: {
          requests: {
            cpu: String(carries.cpus),
            memory: `${carries.memoryGiB}Gi`,
            ...("gpus" in carries && { [GPU]: String(carries.gpus) }),
          },
        },
      },
    ],
  },
});

/** Pools whose queues admit less than the promised job, one sentence each: the job would wait for ever in front of nodes that hold it. */
export function outOfQueue(profile: Profile, plan: Pick<EnvironmentPlan, "layers">): string[] {
  const { cpu: general, training } = promisesOf(profile) as Record<"cpu" | "training", { setting: string; carries: Carried }>;
  return [["cpu", general] as const, ["training", training] as const].flatMap(([flavor, { setting, carries }]) => {
    const asked: Record<string, number> = {
      cpu: carries.cpus * carries.pods,
      memory: carries.memoryGiB * carries.pods * 2 ** 30,
      ...("gpus" in carries && { [GPU]: (carries as GpuCarried).gpus * carries.pods }),
    };
    const quota = quotaOf(plan, flavor);
    const short = Object.keys(asked).find((resource) => (quota.get(resource) ?? 0) < asked[resource]!);
    if (short === undefined) {
      return [];
    }
    const inUnits = (value: number): string => (short === "memory" ? memory(value / 2 ** 20) : String(value));
    return [
      `the queues of pool '${flavor}' admit ${inUnits(quota.get(short) ?? 0)} of ${short} together, \`${setting}.carries\` asks for ${inUnits(asked[short]!)}: that job would wait for ever`,
    ];
  });
}
