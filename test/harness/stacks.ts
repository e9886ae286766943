import * as pulumi from "@pulumi/pulumi";
import { stackConfig } from "#plan/environment";
import { type Recorded, record } from "#plan/record";
import { LAYERS, type Layer } from "#stacks/contracts";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/environments/profile";
import { runStack } from "#stacks/layers";

/** How a stack can be run: before its resources exist, or with every answer of AWS at hand. */
export const MODES = ["preview", "up"] as const;
export type Mode = (typeof MODES)[number];

/** The secret of the platform's stack config, as it must never be met in the open. */
export const SECRET = "https://pager.invalid/6d1f0c1e5b7a4c22";

/** One registration with the address that the engine would know it by, and the addresses of what it waits for. */
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
  edges: Edge[];
  outputs: Record<string, any>;
}

/** Every layer of every environment, as it is registered in each mode. */
export const STACKS = ENVIRONMENTS.flatMap((environment) => LAYERS.map((layer) => ({ environment, layer })));

const recorded = new Map<string, RecordedStack>();

/** A stack with what it registers. Run once and kept: nothing changes it. */
export async function stackOf(layer: Layer, environment: EnvironmentName, mode: Mode = "up"): Promise<RecordedStack> {
  const key = `${layer}-${environment}-${mode}`;
  const found = recorded.get(key) ?? (await recordStack(layer, environment, mode));
  recorded.set(key, found);
  return found;
}

/** A stack, run anew on what the layers before it hand on once they are up. */
export async function recordStack(layer: Layer, environment: EnvironmentName, mode: Mode): Promise<RecordedStack> {
  const stack = `${layer}-${environment}`;
  const references = await referencesOf(layer, environment);
  const edges: Edge[] = [];
  const { resources, outputs } = await record(
    () => {
      tapAddresses(edges);
      return runStack(stack);
    },
    { stack, preview: mode === "preview", references, ...configOf(layer, environment) },
  );
  return { layer, environment, mode, resources, edges, outputs };
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
  monitor.registerResource = (request: any, answer: any) =>
    register(request, (error: unknown, response: any) => {
      edges.push({
        urn: response?.getUrn() ?? "",
        parent: request.getParent(),
        // `<urn>::<id>`
        provider: request.getProvider().split("::").slice(0, -1).join("::"),
        dependencies: request.getDependenciesList(),
      });
      answer(error, response);
    });
}
