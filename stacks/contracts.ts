import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import type { EnvironmentName } from "./inputs/environments/profile.ts";
import { inWords, problemsOf } from "./wording.ts";

/** The layers of an environment, in the order in which they come up. Each is a stack with a state of its own. */
export const LAYERS = ["foundation", "platform", "workloads"] as const;
export type Layer = (typeof LAYERS)[number];

const text = z.string();
const number = z.number();
const texts = z.record(text, text);

/** A bucket, as other layers know it. */
const store = z.object({ name: text, arn: text });

/** A pool of nodes: its Kueue flavor, what pods need to land there, and how many GPUs it can ever have. */
const pool = z.object({
  flavor: text,
  nodeLabels: texts,
  gpus: number,
  /** Of one node, less what is kept for itself. */
  cpus: number,
  memoryGiB: number,
  gpusPerNode: number,
});

const contracts = {
  foundation: z.object({
    network: z.object({
      vpcId: text,
      vpcCidr: text,
      zones: z.array(text),
      privateSubnetIds: z.array(text),
      intraSubnetIds: z.array(text),
      /** Route tables of the private subnets: peering connections and transit gateways get their routes there. */
      privateRouteTableIds: z.array(text),
      /** Private hosted zone of the models and of the platform's pages. */
      zoneId: text,
      /** Security groups that may call the Kubernetes API, by what they are. */
      apiClients: texts,
    }),
    /** ARNs of the keys, one a purpose. */
    keys: z.object({ cluster: text, data: text, database: text, logs: text }),
    stores: z.object({ data: store, artifacts: store, models: store, predictions: store, logs: store }),
    /** PostgreSQL of the tracking server. RDS keeps the master password under `secretArn` and nowhere else. */
    database: z.object({
      host: text,
      port: number,
      name: text,
      user: text,
      secretArn: text,
      securityGroupId: text,
      maxConnections: number,
    }),
    /** Repository URLs of our own images, by short name. */
    registries: texts,
    /** Roles that CI takes, by OIDC: one that reads (plan), one that writes (up), and those that publish images and models. */
    roles: z.object({ plan: text, deploy: text, images: text, models: text }),
  }),
  platform: z.object({
    cluster: z.object({ name: text, endpoint: text, certificateAuthority: text }),
    /** Ingress gateway of the mesh: `<namespace>/<name>` for VirtualServices, labels for EnvoyFilters. */
    gateway: z.object({ namespace: text, name: text, selector: texts }),
    /** For callers: domain of all names, load balancer behind them and, with PrivateLink, `endpointService`. */
    ingress: texts,
    /** In-cluster address of Prometheus, for release analysis; labels that make a rule or monitor be picked up. */
    monitoring: z.object({ namespace: text, prometheusUrl: text }),
    tracking: z.object({ uri: text, namespace: text }),
    /** Pool without GPUs, for model servers and jobs. */
    cpu: pool,
    /** GPU pools by use: their Kueue flavor, what pods need to land there, and how many GPUs they can ever have. */
    gpu: z.object({ training: pool, inference: pool }),
  }),
};

/** What the foundation hands on. Nothing in it is secret: a secret is named by the ARN under which it is kept. */
export type FoundationOutputs = z.infer<typeof contracts.foundation>;

/** What the platform hands on. */
export type PlatformOutputs = z.infer<typeof contracts.platform>;

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

/**
 * What another layer of this environment handed on, as plain values.
 *
 * Read before the first resource is declared, so that a layer that is not up yet costs one sentence and nothing else.
 * @throws {pulumi.RunError} naming the outputs that are missing or, handed on by another version of the program, are something
 * else, and the command that makes them.
 */
export async function outputsOf<L extends keyof Contracts>(layer: L, environment: EnvironmentName): Promise<Contracts[L]> {
  const stack = `organization/${pulumi.getProject()}/${layer}-${environment}`;
  const remedy = `run \`pulumi up -s ${layer}-${environment}\` first`;
  const reference = new pulumi.StackReference(stack, { name: stack });
  const contract = contracts[layer] as unknown as z.ZodObject;
  const outputs: Record<string, unknown> = {};
  for (const key of Object.keys(contract.shape)) {
    // It fails where the stack has no state at all, and says so in its own words.
    const { value, cause } = await reference.getOutputDetails(key).then(
      (details) => ({ value: details.value, cause: "" }),
      (error: Error) => ({ value: undefined, cause: ` (${error.message.split("\n")[0]})` }),
    );
    if (value === undefined) {
      throw new pulumi.RunError(`stack '${layer}-${environment}' must hand on '${key}', got nothing${cause}: ${remedy}`);
    }
    outputs[key] = value;
  }
  const parsed = contract.safeParse(outputs, { error: inWords });
  if (!parsed.success) {
    throw new pulumi.RunError(
      problemsOf(parsed.error, outputs)
        .map(({ path, text: rule }) => `stack '${layer}-${environment}': output '${path}' ${rule}: ${remedy}`)
        .join("\n"),
    );
  }
  return parsed.data as Contracts[L];
}
