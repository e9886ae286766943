import { instanceOf } from "#components/instances/instance";
import type { EnvironmentPlan } from "../environment.ts";
import type { Recorded } from "../record.ts";
import { type QuotaName, vcpuQuota, vcpus } from "./quotas.ts";

/** What an environment asks of the account that it will be in: all of it from the planned resources. */
export interface AccountNeeds {
  /** How much of each quota it takes when everything is as large as it may grow. */
  quotas: Partial<Record<QuotaName, Need>>;
  /** Instance types, each with who uses it. */
  instanceTypes: Record<string, string>;
  /** Kubernetes version, and version of each add-on. */
  kubernetes: string;
  addons: Record<string, string>;
  /** Names that must be free before the first `up`. */
  names: { cluster: string; logGroup: string; identityProvider?: string };
  /** Tags that everything of the environment carries, and nothing else in the account. */
  tags: Record<string, string>;
  /** What could not be counted, one sentence each. */
  unknown: string[];
}

export interface Need {
  count: number;
  /** What it is made of: `training 64 × nvidia.com/gpu`. */
  of: string[];
}

/** What the plan needs of an account. */
export function accountNeeds({ layers }: Pick<EnvironmentPlan, "layers">): AccountNeeds {
  const all = layers.flatMap(({ registrations }) => registrations);
  const some = (type: string): Recorded[] => all.filter((each) => each.type === type);
  const needs = new Needs();

  needs.add("vpcs", some("aws:ec2/vpc:Vpc").length, "VPC");
  needs.add("addresses", some("aws:ec2/eip:Eip").length, "NAT gateways");
  needs.add("natGateways", busiest(some("aws:ec2/natGateway:NatGateway")), "in one zone");
  const interfaces = some("aws:ec2/vpcEndpoint:VpcEndpoint").filter(({ inputs }) => inputs["vpcEndpointType"] === "Interface");
  needs.add("interfaceEndpoints", interfaces.length, "endpoints");
  needs.add("loadBalancers", some("millrace:mesh:IngressGateway").length, "gateway");
  needs.add("clusters", some("aws:eks/cluster:Cluster").length, "cluster");
  needs.add("databases", some("aws:rds/instance:Instance").length, "database");
  for (const group of some("aws:eks/nodeGroup:NodeGroup")) {
    const { instanceTypes = [], scalingConfig, capacityType } = group.inputs;
    const spot = capacityType === "SPOT";
    // The largest of its types: EKS may take any.
    needs.nodes(group.name, instanceTypes, spot ? ["spot"] : ["on-demand"], scalingConfig.maxSize);
  }
  for (const pool of some("kubernetes:karpenter.sh/v1:NodePool")) {
    needs.pool(pool);
  }

  const cluster = some("aws:eks/cluster:Cluster")[0]?.inputs;
  const provider = some("aws:iam/openIdConnectProvider:OpenIdConnectProvider")[0]?.inputs["url"] as string | undefined;
  return {
    quotas: needs.quotas,
    instanceTypes: needs.instanceTypes,
    kubernetes: String(cluster?.["version"]),
    addons: Object.fromEntries(
      some("aws:eks/addon:Addon").map(({ inputs }) => [String(inputs["addonName"]), String(inputs["addonVersion"])]),
    ),
    names: {
      cluster: String(cluster?.["name"]),
      logGroup: `/aws/eks/${String(cluster?.["name"])}/cluster`,
      ...(provider !== undefined && { identityProvider: provider.replace("https://", "") }),
    },
    tags: ownTags(some("pulumi:providers:aws")[0]?.inputs["defaultTags"] as string | undefined),
    unknown: needs.unknown,
  };
}

/** Of the tags that the provider adds, those that tell an environment from others. A setting of a provider is JSON. */
function ownTags(defaultTags = "{}"): Record<string, string> {
  const { tags = {} } = JSON.parse(defaultTags) as { tags?: Record<string, string> };
  return Object.fromEntries(Object.entries(tags).filter(([key]) => key === "project" || key === "environment"));
}

/** Gateways of the zone that has most; one subnet belongs to one zone, whose letter ends its name. */
const busiest = (gateways: readonly Recorded[]): number =>
  Math.max(0, ...[...Map.groupBy(gateways, ({ name }) => name.at(-1)).values()].map((list) => list.length));

class Needs {
  readonly quotas: Partial<Record<QuotaName, Need>> = {};
  readonly instanceTypes: Record<string, string> = {};
  readonly unknown: string[] = [];

  add(quota: QuotaName, count: number, of: string): void {
    if (count > 0) {
      const before = this.quotas[quota] ?? { count: 0, of: [] };
      this.quotas[quota] = { count: before.count + count, of: [...before.of, of] };
    }
  }

  /** A pool of Karpenter: as large as its limits allow. */
  pool({ name, inputs }: Recorded): void {
    const { limits = {}, template } = inputs["spec"];
    const requirements = template.spec.requirements as { key: string; operator: string; values?: string[] }[];
    const valuesOf = (key: string): string[] => requirements.find((each) => each.key === key)?.values ?? [];
    const capacity = valuesOf("karpenter.sh/capacity-type");
    // Reserved capacity counts as on-demand.
    const kinds = [...new Set(capacity.map((kind) => (kind === "spot" ? ("spot" as const) : ("on-demand" as const))))];
    const types = valuesOf("node.kubernetes.io/instance-type");
    const [gpus, cpus] = [limits["nvidia.com/gpu"], limits["cpu"]];
    if (types.length > 0 && gpus !== undefined) {
      // A size that is not in the table is taken for one with one GPU: the most nodes.
      const fewest = Math.min(...types.map((type) => instanceOf(type)?.gpus || 1));
      this.nodes(name, types, kinds, Math.ceil(Number(gpus) / fewest));
    } else if (cpus !== undefined) {
      const families = valuesOf("karpenter.k8s.aws/instance-category");
      const type = types[0] ?? `${families[0] ?? "m"}1.large`;
      kinds.forEach((kind) => this.#vcpus(name, type, kind, Number(cpus)));
      types.forEach((each) => this.#used(each, name));
    } else {
      this.unknown.push(`the pool ${name} has no limit that is understood, so its vCPUs are not counted`);
    }
  }

  /** Nodes of some types, as on-demand or spot capacity: each kind may have to carry them alone. */
  nodes(name: string, types: readonly string[], kinds: readonly ("on-demand" | "spot")[], count: number): void {
    types.forEach((type) => this.#used(type, name));
    const largest = types.toSorted((one, other) => (vcpus(other) ?? 0) - (vcpus(one) ?? 0))[0];
    const each = largest === undefined ? undefined : vcpus(largest);
    if (largest === undefined || each === undefined) {
      this.unknown.push(`${name} uses ${largest ?? "no known type"}, whose vCPUs are unknown`);
      return;
    }
    kinds.forEach((kind) => this.#vcpus(`${name} ${count} × ${largest}`, largest, kind, count * each));
  }

  #used(type: string, by: string): void {
    this.instanceTypes[type] = type in this.instanceTypes ? `${this.instanceTypes[type]!}, ${by}` : by;
  }

  #vcpus(of: string, type: string, kind: "on-demand" | "spot", count: number): void {
    const quota = vcpuQuota(type, kind);
    if (quota === undefined) {
      this.unknown.push(`${of}: no quota is known for ${type}`);
    } else {
      this.add(quota, count, of);
    }
  }
}
