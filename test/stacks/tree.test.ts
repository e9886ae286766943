import { expect, it } from "vitest";
import type { Recorded } from "#plan/record";
import { STACKS, stackOf } from "../harness/stacks.ts";

it.each(STACKS)("$layer of $environment is made of these parts", async ({ layer, environment }) => {
  const { resources } = await stackOf(layer, environment);
  await expect(`${outline(resources).join("\n")}\n`).toMatchFileSnapshot(`./__snapshots__/${layer}-${environment}.txt`);
});

it("counts what is alike, and says versions and sizes", () => {
  const registered = (path: string[], type: string, name: string, inputs = {}): Recorded => ({
    type,
    name,
    parent: "",
    path,
    inputs,
    dependencies: [],
    provider: "",
    protect: false,
    custom: true,
    ignoreChanges: [],
    deletedWith: "",
    aliases: [],
  });
  const [root, data, keys] = ["pulumi:pulumi:Stack s", "millrace:storage:ObjectStore data", "millrace:storage:Keys data-keys"];
  expect(
    outline([
      { ...registered([root], "millrace:storage:ObjectStore", "data"), custom: false, protect: true },
      registered([root, data], "aws:s3/bucket:Bucket", "data"),
      { ...registered([root, data], "millrace:storage:Keys", "data-keys"), custom: false },
      registered([root, data, keys], "aws:kms/key:Key", "data-keys-b"),
      registered([root, data, keys], "aws:kms/key:Key", "data-keys-a"),
      registered([root], "aws:eks/cluster:Cluster", "cluster", { version: "1.36" }),
      registered([root], "kubernetes:helm.sh/v3:Release", "mesh", {
        chart: "oci://charts.invalid/istio/base",
        version: "1.31.1",
      }),
    ]),
  ).toEqual([
    "7 registrations",
    "Cluster 1.36, Release base 1.31.1",
    "data ObjectStore (protected): Bucket",
    "  data-keys Keys: 2 Key",
  ]);
});

/** A stack at a glance: its components, each with how many resources of which type it makes itself. */
function outline(resources: readonly Recorded[]): string[] {
  const root = resources.filter(({ path }) => path.length === 1);
  return [`${resources.length} registrations`, ...made(root), ...components(resources, 1, () => true)];
}

function components(resources: readonly Recorded[], depth: number, inside: (resource: Recorded) => boolean): string[] {
  return resources
    .filter((each) => !each.custom && each.path.length === depth && inside(each))
    .toSorted((a, b) => a.name.localeCompare(b.name, "en"))
    .flatMap(({ type, name, protect }) => {
      const within = (resource: Recorded): boolean => resource.path[depth] === `${type} ${name}` && inside(resource);
      const [own] = made(resources.filter((each) => each.path.length === depth + 1 && within(each)));
      return [
        `${"  ".repeat(depth - 1)}${name} ${kindOf(type)}${protect ? " (protected)" : ""}${own === undefined ? "" : `: ${own}`}`,
        ...components(resources, depth + 1, within),
      ];
    });
}

/** One line of counts; none where there is nothing but components. */
function made(resources: readonly Recorded[]): string[] {
  const kinds = Map.groupBy(
    resources.filter(({ custom }) => custom),
    wordFor,
  );
  const counts = [...kinds].map(([word, each]) => [word, each.length] as const).toSorted(([a], [b]) => a.localeCompare(b, "en"));
  return counts.length === 0 ? [] : [counts.map(([word, count]) => (count > 1 ? `${count} ${word}` : word)).join(", ")];
}

/** Version or size of what has one that a reviewer would ask for. */
const DETAIL: Record<string, (inputs: Recorded["inputs"]) => string> = {
  "aws:budgets/budget:Budget": ({ limitAmount, limitUnit }) => `${limitAmount} ${limitUnit}`,
  "aws:eks/cluster:Cluster": ({ version }) => version,
  "aws:eks/nodeGroup:NodeGroup": ({ instanceTypes, scalingConfig: { minSize, maxSize } }) =>
    `${instanceTypes} ${minSize}–${maxSize}`,
  "aws:rds/instance:Instance": ({ instanceClass, engineVersion }) => `${instanceClass} ${engineVersion}`,
  "kubernetes:helm.sh/v3:Release": ({ chart, version }) => `${chart.split("/").at(-1)} ${version}`,
  "kubernetes:karpenter.sh/v1:NodePool": ({ spec }) => `≤ ${spec.limits["nvidia.com/gpu"]} GPUs`,
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": ({ spec }) => `${spec.minReplicas}–${spec.maxReplicas}`,
};

function wordFor({ type, inputs }: Recorded): string {
  const detail = DETAIL[type]?.(inputs);
  const kind = type.startsWith("pulumi:providers:") ? `${kindOf(type)} provider` : kindOf(type);
  return detail === undefined ? kind : `${kind} ${detail}`;
}

const kindOf = (type: string): string => type.split(":").at(-1) ?? type;
