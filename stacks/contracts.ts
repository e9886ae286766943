import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentName } from "./environments/profile.ts";

/** The layers of an environment, in the order in which they come up. Each is a stack with a state of its own. */
export const LAYERS = ["foundation", "platform", "workloads"] as const;
export type Layer = (typeof LAYERS)[number];

/** A bucket, as other layers know it. */
export interface StoreReference {
  name: string;
  arn: string;
}

/** What the foundation hands on. Nothing in it is secret: a secret is named by the ARN under which it is kept. */
export interface FoundationOutputs {
  network: { vpcId: string; vpcCidr: string; zones: string[]; privateSubnetIds: string[]; intraSubnetIds: string[] };
  /** ARNs of the keys, one a purpose. */
  keys: { cluster: string; data: string; database: string; logs: string };
  stores: {
    data: StoreReference;
    artifacts: StoreReference;
    models: StoreReference;
    predictions: StoreReference;
    logs: StoreReference;
  };
  /** PostgreSQL of the tracking server. RDS keeps the master password under `secretArn` and nowhere else. */
  database: {
    host: string;
    port: number;
    name: string;
    user: string;
    secretArn: string;
    securityGroupId: string;
    maxConnections: number;
  };
  /** Repository URLs of our own images, by short name. */
  registries: Record<string, string>;
  /** Roles that CI takes, by OIDC: one that reads (plan), one that writes (up). */
  roles: { plan: string; deploy: string };
}

/** What the platform hands on. */
export interface PlatformOutputs {
  cluster: { name: string; endpoint: string; certificateAuthority: string };
  /** Ingress gateway of the mesh: `<namespace>/<name>` for VirtualServices, labels for EnvoyFilters. */
  gateway: { namespace: string; name: string; selector: Record<string, string> };
  /** In-cluster address of Prometheus, for release analysis; labels that make a rule or monitor be picked up. */
  monitoring: { namespace: string; prometheusUrl: string };
  tracking: { uri: string; namespace: string };
  /** GPU pools by use: their Kueue flavor, what pods need to land there, and how many GPUs they can ever have. */
  gpu: { training: GpuPoolReference; inference: GpuPoolReference };
}

export interface GpuPoolReference {
  flavor: string;
  nodeLabels: Record<string, string>;
  gpus: number;
  /** Of one node. */
  cpus: number;
  memoryGiB: number;
  gpusPerNode: number;
}

export interface WorkloadsOutputs {
  /** Served models: version that the release asked for, and where it answers. */
  models: Record<string, { version: string; host: string; namespace: string }>;
}

/** What a layer hands on while it is still being made: the same shape, each value an input. */
export type Promised<T> = T extends string | number
  ? pulumi.Input<T>
  : T extends (infer E)[]
    ? pulumi.Input<E>[]
    : { [K in keyof T]: Promised<T[K]> };

interface Contracts {
  foundation: FoundationOutputs;
  platform: PlatformOutputs;
}

const KEYS: { [L in keyof Contracts]: readonly (keyof Contracts[L])[] } = {
  foundation: ["network", "keys", "stores", "database", "registries", "roles"],
  platform: ["cluster", "gateway", "monitoring", "tracking", "gpu"],
};

/**
 * What another layer of this environment handed on, as plain values.
 *
 * Read before the first resource is declared, so that a layer that is not up yet costs one sentence and nothing else.
 * @throws {pulumi.RunError} naming the first output that is missing and the command that makes it.
 */
export async function outputsOf<L extends keyof Contracts>(layer: L, environment: EnvironmentName): Promise<Contracts[L]> {
  const stack = `organization/${pulumi.getProject()}/${layer}-${environment}`;
  const reference = new pulumi.StackReference(stack, { name: stack });
  const outputs: Partial<Contracts[L]> = {};
  for (const key of KEYS[layer]) {
    // Not `getOutputDetails`: it throws when the stack has no state at all, and we have a sentence for that.
    const { value } = await reference.getOutputDetails(String(key)).catch(() => ({ value: undefined }));
    if (value === undefined) {
      throw new pulumi.RunError(
        `stack '${layer}-${environment}' must hand on '${String(key)}', got nothing: run \`pulumi up -s ${layer}-${environment}\` first`,
      );
    }
    outputs[key] = value as Contracts[L][typeof key];
  }
  return outputs as Contracts[L];
}
