import type { Engine } from "#engine/engine";
import { nameOf, typeOf } from "#engine/events";
import type { PropertyChange, Step } from "#engine/step";
import type { Layer } from "#stacks/contracts";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { stackOf } from "./stack-files.ts";

/** A resource that is not as the program has left it. */
export interface Drift {
  layer: Layer;
  urn: string;
  /** What an `up --refresh` would do: `create` where it is gone, `update`, `replace`. */
  op: string;
  /** In a line: `kubernetes:apps/v1:Deployment tracking-server: spec.replicas 3 → 1`. */
  line: string;
}

/**
 * What somebody has changed past the program: all that an `up --refresh` with the unchanged program would change. Nothing is changed.
 * Fields that the program does not set belong to nobody here; objects of a Helm chart are Helm's.
 *
 * @param options.withoutSecrets leaves out what a role that only reads may not see. @default false
 * @throws {EngineFailure} when it cannot be found out.
 */
export async function findDrift(
  engine: Engine,
  layer: Layer,
  environment: EnvironmentName,
  { withoutSecrets = false }: { withoutSecrets?: boolean } = {},
): Promise<Drift[]> {
  const exclude = withoutSecrets ? SECRETS : [];
  const { steps } = await engine.preview(stackOf(layer, environment), undefined, { refresh: true, exclude });
  return driftIn(steps).map((each) => ({ layer, ...each }));
}

/** Secrets of Kubernetes, and charts, whose releases Helm keeps in Secrets. */
const SECRETS = ["**kubernetes:core/v1:Secret::**", "**kubernetes:helm.sh/v3:Release::**"];

/** The same, a line each. */
export const driftOf = async (engine: Engine, layer: Layer, environment: EnvironmentName): Promise<string[]> =>
  (await findDrift(engine, layer, environment)).map(({ line }) => line);

/** A replacement is told in three steps; this one says what differs. */
const PARTS_OF_REPLACEMENT = new Set(["create-replacement", "delete-replaced"]);

/** What steps of a preview say about a resource. */
export function driftIn(steps: readonly Step[]): Omit<Drift, "layer">[] {
  const whole = new Set(steps.filter(({ op }) => op === "replace").map(({ urn }) => urn));
  return steps
    .filter(({ urn, op }) => !(PARTS_OF_REPLACEMENT.has(op) && whole.has(urn)))
    .map((step) => ({ urn: step.urn, op: step.op, line: lineOf(step) }));
}

/** More of them say less than how many they are. */
const MOST_PROPERTIES = 4;

function lineOf({ urn, op, properties }: Step): string {
  const type = typeOf(urn);
  const resource = `${type} ${nameOf(urn)}`;
  if (op === "create") {
    return `${resource}: is gone`;
  }
  if (op === "delete") {
    return `${resource}: is not in the program`;
  }
  const more = properties.length > MOST_PROPERTIES ? `, and ${properties.length - MOST_PROPERTIES} more` : "";
  const changes =
    properties
      .slice(0, MOST_PROPERTIES)
      .map((change) => changeText(change, type))
      .join(", ") + more;
  const how = op === "update" ? "" : ` (${op})`;
  return `${resource}: ${changes || "differs"}${how}`;
}

/** Kinds whose values are not shown, whatever the engine takes for a secret. */
const SECRET_TYPE = /:Secret$|secret|password/i;
const SECRET_PATH = /secret|passw|token|credential|private|apikey|\bkey\b|kubeconfig/i;

/** Longer values say less than their path. */
const LONGEST_VALUE = 60;

function changeText({ path, before, after }: PropertyChange, type: string): string {
  const hidden = SECRET_TYPE.test(type) || SECRET_PATH.test(path);
  const [is, wanted] = hidden ? [undefined, undefined] : [short(before), short(after)];
  return is === undefined || wanted === undefined || is === wanted ? path : `${path} ${is} → ${wanted}`;
}

/** A value that fits into a line; `undefined` of any other. */
function short(value: unknown): string | undefined {
  if (value === undefined || value === null) {
    return "–";
  }
  const text =
    typeof value === "string"
      ? JSON.stringify(value)
      : typeof value === "number" || typeof value === "boolean"
        ? String(value)
        : undefined;
  return text !== undefined && text.length <= LONGEST_VALUE ? text : undefined;
}
