import * as pulumi from "@pulumi/pulumi";
import { stackConfig } from "#plan/environment";
import { type Recorded, record } from "#plan/record";
import { LAYERS, type Layer } from "#stacks/contracts";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { runStack } from "#stacks/layers";
import { kept } from "./kept.ts";

/** How a stack can be run: before its resources exist, or with every answer of AWS at hand. */
export const MODES = ["preview", "up"] as const;
export type Mode = (typeof MODES)[number];

/** The secret of the platform's stack config, as it must never be met in the open. */
export const SECRET = "https://pager.invalid/6d1f0c1e5b7a4c22";

/** Addresses (URNs) of one registration: its own, its parent's, its provider's and those of what it waits for. Unlike names they are never shared. */
export interface Edge {
  urn: string;
  parent: string;
  provider: string;
  dependencies: string[];
}

export interface RecordedStack {
  layer: Layer;
  environment: EnvironmentName;
  mode: Mode;
  resources: Recorded[];
  /** In the order of `resources`. */
  edges: Edge[];
  outputs: Record<string, any>;
  /** Outputs that are secret, or hold one. */
  secretOutputs: string[];
  /** Outputs of the layers before, by the full names of their stacks. */
  references: Record<string, Record<string, any>>;
}

/** Every layer of every environment, as it is registered in each mode. */
export const STACKS = ENVIRONMENTS.flatMap((environment) => LAYERS.map((layer) => ({ environment, layer })));

/** A stack with what it registers. Run once and kept: nothing changes it. */
export const stackOf = (layer: Layer, environment: EnvironmentName, mode: Mode = "up"): Promise<RecordedStack> =>
  kept(`${layer}-${environment}-${mode}`, () => recordStack(layer, environment, mode));

/** A stack, run anew on what the layers before it hand on once they are up. */
export async function recordStack(layer: Layer, environment: EnvironmentName, mode: Mode): Promise<RecordedStack> {
  const stack = `${layer}-${environment}`;
  const references = await referencesOf(layer, environment);
  const edges: Edge[] = [];
  let secretOutputs: string[] = [];
  const { resources, outputs } = await record(
    async () => {
      tapAddresses(edges);
      const returned = await runStack(stack);
      secretOutputs = await secretsAmong(returned);
      return returned;
    },
    { stack, preview: mode === "preview", references, ...configOf(layer, environment) },
  );
  return { layer, environment, mode, resources, edges, outputs, secretOutputs, references };
}

/** Names of the outputs that are secret or hold a secret: recording takes the mark off their values. */
export async function secretsAmong(outputs: object): Promise<string[]> {
  const marks = await Promise.all(
    Object.entries(outputs).map(async ([name, value]) => ((await pulumi.isSecret(pulumi.output(value))) ? [name] : [])),
  );
  return marks.flat();
}

/** What the layers before this one hand on, by the names under which they are asked. */
export async function referencesOf(layer: Layer, environment: EnvironmentName): Promise<Record<string, Record<string, any>>> {
  const references: Record<string, Record<string, any>> = {};
  for (const before of LAYERS.slice(0, LAYERS.indexOf(layer))) {
    references[`organization/millrace/${before}-${environment}`] = (await stackOf(before, environment)).outputs;
  }
  return references;
}

/** The stack config of the repository, with the secret that a person would have set. */
export function configOf(layer: Layer, environment: EnvironmentName) {
  const { config, secretKeys } = stackConfig(layer, environment);
  for (const key of secretKeys) {
    config[key] = SECRET;
  }
  return { config, secretKeys, account: config["millrace:account"] ?? "", region: config["millrace:region"] ?? "" };
}

/** Keeps addresses, which the recorder shortens to names. */
function tapAddresses(edges: Edge[]): void {
  const monitor = pulumi.runtime.getMonitor() as any;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request: any, answer: any) => {
    const edge: Edge = {
      urn: "",
      parent: request.getParent(),
      // `<urn>::<id>`
      provider: request.getProvider().split("::").slice(0, -1).join("::"),
      dependencies: request.getDependenciesList(),
    };
    edges.push(edge);
    return register(request, (error: unknown, response: any) => {
      edge.urn = response?.getUrn() ?? "";
      answer(error, response);
    });
  };
}
