import type { SizedContainer, SizedPod } from "#components/pods/workload";

/** What a pod asks of a node. */
export interface Need {
  cpuMillis: number;
  memoryMiB: number;
  gpus: number;
}

const UNITS: Readonly<Record<string, number>> = {
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A Kubernetes quantity as a number: `500m` is 0.5, `1Gi` is 2³⁰. NaN where it is invalid. */
export function quantity(text: string | number): number {
  const [, number = "", unit = ""] = /^([\d.]+)([a-zA-Z]*)$/.exec(String(text)) ?? [];
  return Number(number || Number.NaN) * (UNITS[unit] ?? Number.NaN);
}

/** What a pod asks for: all containers together, or the largest init container where that is more (Kubernetes documentation, "Init Containers"). */
export function needOf({ containers, initContainers = [] }: SizedPod): Need {
  const beside = initContainers.filter(({ restartPolicy }) => restartPolicy === "Always");
  const before = initContainers.filter((each) => !beside.includes(each));
  const sum = (resource: string): number => [...containers, ...beside].reduce((total, each) => total + asked(each, resource), 0);
  const of = (resource: string): number => Math.max(sum(resource), ...before.map((each) => asked(each, resource)));
  return {
    cpuMillis: wholeUp(of("cpu") * 1_000),
    memoryMiB: wholeUp(of("memory") / 2 ** 20),
    gpus: of("nvidia.com/gpu"),
  };
}

/** The next whole number, but not for what the sum of binary fractions is too much: 0.1 + 0.2 CPU are 300 thousandths, not 301. */
const wholeUp = (number: number): number => Math.ceil(Number(number.toFixed(6)));

/** Without a request, Kubernetes takes the limit for one. */
const asked = ({ resources }: SizedContainer, resource: string): number =>
  quantity(resources?.requests?.[resource] ?? resources?.limits?.[resource] ?? 0);
