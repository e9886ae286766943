import { counted } from "#render/counted";
import { type Capacity, capacityOf } from "./capacity/capacity.ts";
import { ceilingOf, diskOf } from "./ceiling.ts";
import type { EnvironmentPlan } from "./environment.ts";
import { FALLBACK_REGION, HOURS, machines, type Priced, PriceList } from "./prices.ts";
import type { Recorded } from "./record.ts";
import { byUse, isFree } from "./uncounted.ts";

/** What one resource costs while nobody uses it. */
export interface CostItem extends Priced {
  layer: string;
  /** Component at the top of the layer that it belongs to. */
  component: string;
  resource: string;
}

export interface Cost {
  /** Region of the prices. */
  region: string;
  /** Fixed: what the environment costs at rest, with the nodes that its workloads need then, without traffic and data. US dollars a month. */
  atRest: number;
  items: CostItem[];
  /** Node pools at their limit all month, on demand, with their volumes: the most that can be spent there. US dollars a month. */
  ceiling: number;
  /** The pools behind the ceiling, for example `8 × p5.48xlarge with 500 GiB`. */
  ceilingOf: string[];
  /** Monthly budget of the environment, US dollars: it sends notices and stops nothing. */
  budget?: number | undefined;
  /** What has no price: instance types, database classes, types of resources. The sums are without it. */
  missing: string[];
  /** Services at the price of another region, because that of this one is not known. */
  borrowed: string[];
  /** What is paid for by use, and is in no sum. */
  byUse: string[];
}

/**
 * Prices a plan by the dated tables of `prices.ts`, in the region of the environment.
 *
 * @param capacity where the pods of the plan run: nodes that Karpenter starts for them cost as much as any other
 */
export function costOf(plan: EnvironmentPlan, { pools: used }: Pick<Capacity, "pools"> = capacityOf(plan)): Cost {
  const { layers, region } = plan;
  const prices = new PriceList(region);
  const all = layers.flatMap(({ layer, resources }) => resources.map((resource) => ({ layer, resource })));
  const resources = all.map(({ resource }) => resource);
  const items = all.flatMap(({ layer, resource }) => {
    const priced =
      resource.type === NODE_POOL
        ? startedAtRest(resource, used, prices, resources)
        : AT_REST[resource.type]?.(resource.inputs, prices, resource, resources);
    return priced ? [{ layer, component: topComponent(resource), resource: resource.name, ...priced }] : [];
  });
  const pools = ceilingOf(resources, prices);
  for (const { type } of resources) {
    if (AT_REST[type] === undefined && !isFree(type)) {
      prices.missing.add(type);
    }
  }
  const budget = resources.find(({ type }) => type === "aws:budgets/budget:Budget")?.inputs["limitAmount"];
  return {
    region,
    budget: budget === undefined ? undefined : Number(budget),
    atRest: sum(items.map(({ monthly }) => monthly)),
    items,
    ceiling: sum(pools.map(({ monthly }) => monthly)),
    ceilingOf: pools.map(({ what }) => what),
    missing: [...prices.missing].sort(),
    borrowed: [...prices.borrowed].sort(),
    byUse: [...new Set(resources.flatMap(({ type }) => byUse(type) ?? []))].sort(),
  };
}

/** What the sums leave out or take from elsewhere, and a budget that they exceed, one sentence each; nothing to say gives nothing. */
export function costNotes({ region, atRest, budget, missing, borrowed, byUse: used }: Cost): string[] {
  return [
    ...(budget !== undefined && atRest > budget
      ? [`more at rest than the profile's monthlyBudget of $${budget}: its notices come every month`]
      : []),
    ...(missing.length > 0
      ? [`without ${missing.join(", ")}: no price for ${missing.length > 1 ? "them" : "it"} in ${region}`]
      : []),
    ...(borrowed.length > 0
      ? [`at prices of ${FALLBACK_REGION}, because those of ${region} are not known: ${borrowed.join(", ")}`]
      : []),
    ...(used.length > 0 ? [`paid by use and not counted: ${used.join(", ")}`] : []),
  ];
}

/** Name of the component right under the stack; the resource's own where it has none. */
export const topComponent = ({ path, name }: Recorded): string => path[1]?.split(" ").at(-1) ?? name;

const NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool";

/** Nodes that Karpenter keeps in a pool for the pods at rest: models with their fewest replicas, and no jobs. */
function startedAtRest(
  { inputs: { metadata, spec } }: Recorded,
  pools: Capacity["pools"],
  prices: PriceList,
  all: readonly Recorded[],
): Priced | undefined {
  const pool = pools.find(({ pool: name }) => name === metadata.name);
  const count = pool?.use["at rest"].nodes ?? 0;
  return pool && count > 0
    ? machines(count, pool.instanceType, diskOf(spec.template.spec.nodeClassRef?.name, all), prices)
    : undefined;
}

type Pricer = (
  inputs: Record<string, any>,
  prices: PriceList,
  resource: Recorded,
  all: readonly Recorded[],
) => Priced | undefined;

const AT_REST: Readonly<Record<string, Pricer>> = {
  "aws:eks/cluster:Cluster": (_, prices) => ({
    what: "control plane, standard support",
    monthly: prices.of("clusterHour") * HOURS,
  }),
  "aws:ec2/natGateway:NatGateway": (_, prices) => ({ what: "NAT gateway", monthly: prices.of("natGatewayHour") * HOURS }),
  "aws:ec2/eip:Eip": (_, prices) => ({ what: "public IPv4 address", monthly: prices.of("addressHour") * HOURS }),
  "aws:ec2/vpcEndpoint:VpcEndpoint": ({ vpcEndpointType, subnetIds = [] }, prices) =>
    vpcEndpointType === "Interface"
      ? {
          what: `endpoint in ${counted(subnetIds.length, "zone")}`,
          monthly: prices.of("interfaceEndpointHour") * HOURS * subnetIds.length,
        }
      : undefined,
  "aws:lb/loadBalancer:LoadBalancer": (_, prices) => balancer(prices),
  "aws:eks/nodeGroup:NodeGroup": nodes,
  "aws:autoscaling/group:Group": group,
  "aws:rds/instance:Instance": database,
  "aws:kms/key:Key": (_, prices) => ({ what: "key", monthly: prices.of("key") }),
  "aws:secretsmanager/secret:Secret": (_, prices) => ({ what: "secret", monthly: prices.of("secret") }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": (_, prices) => ({ what: "alarm", monthly: prices.of("alarm") }),
  "aws:route53/zone:Zone": (_, prices) => ({ what: "hosted zone", monthly: prices.of("hostedZone") }),
  "kubernetes:core/v1:Service": ({ spec }, prices) => (spec?.type === "LoadBalancer" ? balancer(prices) : undefined),
  "kubernetes:helm.sh/v3:Release": (inputs, prices) => release(inputs["values"] ?? {}, prices),
};

const balancer = (prices: PriceList): Priced => ({
  what: "network load balancer",
  monthly: prices.of("loadBalancerHour") * HOURS,
});

/** Instances that a group keeps at least, with their root volumes. */
function group({ minSize = 0 }: Record<string, any>, prices: PriceList, { parent }: Recorded, all: readonly Recorded[]): Priced {
  const template = templateOf(parent, all);
  return machines(
    minSize,
    template?.["instanceType"] ?? "",
    template?.["blockDeviceMappings"]?.[0]?.ebs?.volumeSize ?? 8,
    prices,
  );
}

/** Managed nodes at their smallest number, with their root volumes. */
function nodes(
  { scalingConfig, instanceTypes, launchTemplate }: Record<string, any>,
  prices: PriceList,
  { parent }: Recorded,
  all: readonly Recorded[],
): Priced {
  const template = templateOf(parent, all);
  const type: string = instanceTypes?.[0] ?? template?.["instanceType"] ?? "";
  const count: number = scalingConfig?.minSize ?? 0;
  const disk: number = launchTemplate ? (template?.["blockDeviceMappings"]?.[0]?.ebs?.volumeSize ?? 20) : 20;
  return machines(count, type, disk, prices);
}

/** The launch template beside a group, in the same component. */
const templateOf = (parent: string, all: readonly Recorded[]): Record<string, any> | undefined =>
  all.find((other) => other.type === "aws:ec2/launchTemplate:LaunchTemplate" && other.parent === parent)?.inputs;

/** A database with its storage, and the secret that RDS makes for its password. */
function database(
  { instanceClass, allocatedStorage = 0, multiAz = false, manageMasterUserPassword = false }: Record<string, any>,
  prices: PriceList,
): Priced {
  const zones = multiAz ? 2 : 1;
  const secret = manageMasterUserPassword ? prices.of("secret") : 0;
  return {
    what: `${instanceClass} with ${allocatedStorage} GiB${multiAz ? " in two zones" : ""}${secret > 0 ? " and a secret" : ""}`,
    monthly: zones * (prices.databaseHour(instanceClass) * HOURS + allocatedStorage * prices.of("databaseGiB")) + secret,
  };
}

/** What a chart makes outside the cluster: load balancers and volumes, as its values say. */
function release(values: Record<string, any>, prices: PriceList): Priced | undefined {
  const balanced = values["service"]?.type === "LoadBalancer" ? balancer(prices) : undefined;
  const gib = sum(volumeClaims(values).map(({ size, replicas }) => size * replicas));
  if (balanced === undefined && gib === 0) {
    return undefined;
  }
  const what = [...(balanced ? [balanced.what] : []), ...(gib ? [`${gib} GiB of volumes`] : [])].join(", ");
  return { what, monthly: (balanced?.monthly ?? 0) + (gib > 0 ? gib * prices.of("volumeGiB") : 0) };
}

/** Every volume claim anywhere in the values, with the replica count that stands beside it. */
function volumeClaims(values: any): { size: number; replicas: number }[] {
  if (typeof values !== "object" || values === null) {
    return [];
  }
  const claim =
    values.storageSpec?.volumeClaimTemplate?.spec?.resources?.requests?.storage ??
    values.storage?.volumeClaimTemplate?.spec?.resources?.requests?.storage;
  const volume =
    values.persistentVolume?.enabled === true || values.persistence?.enabled === true
      ? (values.persistentVolume?.size ?? values.persistence?.size)
      : undefined;
  const own = [claim, volume]
    .filter((size) => typeof size === "string")
    .map((size: string) => ({ size: Number.parseInt(size, 10), replicas: values.replicas ?? values.replicaCount ?? 1 }));
  return [...own, ...Object.values(values).flatMap(volumeClaims)];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
