import { GPU_INSTANCES, isGpuInstanceType } from "#components/gpu/instance-types";
import type { EnvironmentPlan } from "./environment.ts";
import { DATABASE_HOUR, HOURS, INSTANCE_HOUR, PRICE } from "./prices.ts";
import type { Recorded } from "./record.ts";

/** What one resource costs while nobody uses it. */
export interface CostItem {
  layer: string;
  /** Component at the top of the layer that it belongs to. */
  component: string;
  resource: string;
  /** How the sum comes about, for example `3 × m7i.xlarge`. */
  what: string;
  /** US dollars a month. */
  monthly: number;
}

export interface Cost {
  /** Fixed: what the environment costs at rest, GPUs at zero, without traffic and data. US dollars a month. */
  atRest: number;
  items: CostItem[];
  /** GPU pools at their limit all month, on demand: the most that can be spent there. US dollars a month. */
  ceiling: number;
  /** The pools behind the ceiling, for example `8 × p5.48xlarge`. */
  ceilingOf: string[];
}

/** Prices a plan by the dated table in `prices.ts`. */
export function costOf({ layers }: EnvironmentPlan): Cost {
  const all = layers.flatMap(({ layer, resources }) => resources.map((resource) => ({ layer, resource })));
  const templates = all.map(({ resource }) => resource).filter(({ type }) => type === "aws:ec2/launchTemplate:LaunchTemplate");
  const items = all.flatMap(({ layer, resource }) => {
    const priced = fixed(resource, templates);
    return priced ? [{ layer, component: topComponent(resource), resource: resource.name, ...priced }] : [];
  });
  const pools = all.flatMap(({ resource }) => gpuCeiling(resource));
  return {
    atRest: sum(items.map(({ monthly }) => monthly)),
    items,
    ceiling: sum(pools.map(({ monthly }) => monthly)),
    ceilingOf: pools.map(({ what }) => what),
  };
}

/** Name of the component right under the stack; the resource's own where it has none. */
export const topComponent = ({ path, name }: Recorded): string => path[1]?.split(" ").at(-1) ?? name;

type Priced = Pick<CostItem, "what" | "monthly">;

function fixed(resource: Recorded, templates: readonly Recorded[]): Priced | undefined {
  return FIXED[resource.type]?.(resource.inputs, resource, templates);
}

const FIXED: Record<
  string,
  (inputs: Record<string, any>, resource: Recorded, templates: readonly Recorded[]) => Priced | undefined
> = {
  "aws:eks/cluster:Cluster": () => ({ what: "control plane, standard support", monthly: PRICE.clusterHour * HOURS }),
  "aws:ec2/natGateway:NatGateway": () => ({ what: "NAT gateway", monthly: PRICE.natGatewayHour * HOURS }),
  "aws:ec2/vpcEndpoint:VpcEndpoint": ({ vpcEndpointType, subnetIds = [] }) =>
    vpcEndpointType === "Interface"
      ? { what: `endpoint in ${subnetIds.length} zones`, monthly: PRICE.interfaceEndpointHour * HOURS * subnetIds.length }
      : undefined,
  "aws:eks/nodeGroup:NodeGroup": nodes,
  "aws:autoscaling/group:Group": group,
  "aws:lb/loadBalancer:LoadBalancer": () => ({ what: "network load balancer", monthly: PRICE.loadBalancerHour * HOURS }),
  "aws:route53/zone:Zone": () => ({ what: "hosted zone", monthly: PRICE.hostedZone }),
  "aws:rds/instance:Instance": database,
  "aws:kms/key:Key": () => ({ what: "key", monthly: PRICE.key }),
  "aws:secretsmanager/secret:Secret": () => ({ what: "secret", monthly: PRICE.secret }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": () => ({ what: "alarm", monthly: PRICE.alarm }),
  "kubernetes:helm.sh/v3:Release": (inputs) => release(inputs["values"] ?? {}),
};

/** Managed nodes at their smallest number, with their root volumes. */
function nodes(
  { scalingConfig, instanceTypes, launchTemplate }: Record<string, any>,
  resource: Recorded,
  templates: readonly Recorded[],
): Priced {
  const template = templates.find(({ parent }) => parent === resource.parent)?.inputs;
  const type: string = instanceTypes?.[0] ?? template?.["instanceType"] ?? "";
  const count: number = scalingConfig?.minSize ?? 0;
  const disk: number = launchTemplate ? (template?.["blockDeviceMappings"]?.[0]?.ebs?.volumeSize ?? 20) : 20;
  return {
    what: `${count} × ${type} with ${disk} GiB`,
    monthly: count * ((INSTANCE_HOUR[type] ?? 0) * HOURS + disk * PRICE.volumeGiB),
  };
}

/** Instances that a group keeps at least, with their root volumes. */
function group({ minSize = 0 }: Record<string, any>, resource: Recorded, templates: readonly Recorded[]): Priced {
  const template = templates.find(({ parent }) => parent === resource.parent)?.inputs;
  const type: string = template?.["instanceType"] ?? "";
  const disk: number = template?.["blockDeviceMappings"]?.[0]?.ebs?.volumeSize ?? 8;
  return {
    what: `${minSize} × ${type} with ${disk} GiB`,
    monthly: minSize * ((INSTANCE_HOUR[type] ?? 0) * HOURS + disk * PRICE.volumeGiB),
  };
}

function database({ instanceClass, allocatedStorage = 0, multiAz = false }: Record<string, any>): Priced {
  const zones = multiAz ? 2 : 1;
  return {
    what: `${instanceClass} with ${allocatedStorage} GiB${multiAz ? " in two zones" : ""}`,
    monthly: zones * ((DATABASE_HOUR[instanceClass] ?? 0) * HOURS + allocatedStorage * PRICE.databaseGiB),
  };
}

/** What a chart makes outside the cluster: load balancers and volumes, as its values say. */
function release(values: Record<string, any>): Priced | undefined {
  const balancers = values["service"]?.type === "LoadBalancer" ? 1 : 0;
  const claims = volumeClaims(values);
  const gib = sum(claims.map(({ size, replicas }) => size * replicas));
  if (balancers === 0 && gib === 0) {
    return undefined;
  }
  const what = [...(balancers ? ["network load balancer"] : []), ...(gib ? [`${gib} GiB of volumes`] : [])].join(", ");
  return { what, monthly: balancers * PRICE.loadBalancerHour * HOURS + gib * PRICE.volumeGiB };
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

/** What a GPU pool costs when it is full: its limit in nodes, all month, on demand. */
function gpuCeiling({ type, inputs }: Recorded): Priced[] {
  if (type !== "kubernetes:karpenter.sh/v1:NodePool") {
    return [];
  }
  const { limits, template } = inputs["spec"];
  const instance: string =
    template.spec.requirements.find(({ key }: { key: string }) => key === "node.kubernetes.io/instance-type")?.values[0] ?? "";
  const perNode = isGpuInstanceType(instance) ? GPU_INSTANCES[instance].gpus : 1;
  const count = Math.floor(Number(limits["nvidia.com/gpu"]) / perNode);
  return [{ what: `${count} × ${instance}`, monthly: count * (INSTANCE_HOUR[instance] ?? 0) * HOURS }];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
