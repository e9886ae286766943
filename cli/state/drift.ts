import { EngineFailure } from "#engine/failure";
import { type Drift, findDrift } from "#promotion/state/drift";
import { stateOf } from "#promotion/state/layer-state";
import { demandStack } from "#promotion/state/there";
import { counted } from "#render/counted";
import { plainText } from "#render/markdown";
import { bold, green, red, yellow } from "#render/terminal";
import { LAYERS, type Layer } from "#stacks/contracts";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { BadInput, environmentNamed } from "../bad-input.ts";
import { answer, print } from "../say.ts";
import { engineFor, engineRunning } from "./engine.ts";

/** Exit code where something has drifted. */
const DRIFTED = 7;

/** `drift`. */
export async function drift(
  word: string,
  { json = false, markdown = false, withoutSecrets = false }: { json?: boolean; markdown?: boolean; withoutSecrets?: boolean },
): Promise<void> {
  if (json && markdown) {
    throw new BadInput("'--json' must be given without '--markdown', got both");
  }
  const environment = environmentNamed(word);
  const found = await examine(environment, withoutSecrets);
  if (markdown) {
    print(driftMarkdown(found));
  } else {
    answer(json, found, () => driftText(found));
  }
  process.exitCode = found.unknown.length > 0 ? 1 : found.drift.length > 0 ? DRIFTED : 0;
}

/** What was found out about an environment. */
export interface DriftReport {
  environment: EnvironmentName;
  drift: Drift[];
  /** Layers that are not up. */
  absent: Layer[];
  /** Layers that could not be compared, and why. */
  unknown: { layer: Layer; why: string }[];
}

async function examine(environment: EnvironmentName, withoutSecrets: boolean): Promise<DriftReport> {
  await demandStack(engineFor(environment), environment);
  const engine = await engineRunning(environment);
  const report: DriftReport = { environment, drift: [], absent: [], unknown: [] };
  const ask = async (layer: Layer): Promise<void> => {
    try {
      const { digest } = await stateOf(engine, layer, environment);
      if (digest === null) {
        report.absent.push(layer);
      } else {
        report.drift.push(...(await findDrift(engine, layer, environment, { withoutSecrets })));
      }
    } catch (error) {
      if (!(error instanceof EngineFailure)) {
        throw error;
      }
      report.unknown.push({ layer, why: error.message });
    }
  };
  await Promise.all(LAYERS.map(ask));
  const byLayer = (one: { layer: Layer }, other: { layer: Layer }): number =>
    LAYERS.indexOf(one.layer) - LAYERS.indexOf(other.layer);
  return { ...report, drift: report.drift.toSorted(byLayer), unknown: report.unknown.toSorted(byLayer) };
}

/** How it is made right again. Another manager's fields are taken back only where Pulumi is told to. */
const remedy = ({ environment, drift: found }: DriftReport): string[] =>
  LAYERS.filter((layer) => found.some((each) => each.layer === layer)).map(
    (layer) => `PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up --refresh -s ${layer}-${environment}`,
  );

const title = ({ environment, drift: found, unknown }: DriftReport): string =>
  unknown.length > 0
    ? `${environment}: drift could not be found out`
    : found.length === 0
      ? `${environment}: no drift`
      : `${environment}: ${counted(found.length, "resource")} drifted`;

/** For a person at a terminal. */
export function driftText(report: DriftReport): string {
  const { drift: found, absent, unknown } = report;
  const colour = unknown.length > 0 ? yellow : found.length > 0 ? red : green;
  return [
    bold(colour(title(report))),
    ...found.map(({ layer, line }) => `  ${layer}   ${line}`),
    ...unknown.map(({ layer, why }) => `  ${layer}   ${why}`),
    ...absent.map((layer) => `  ${layer}   not up`),
    ...(found.length === 0
      ? []
      : ["to undo it:", ...remedy(report).map((command) => `  ${command}`), "to keep it: write it into the program"]),
  ].join("\n");
}

/** For an issue. */
export function driftMarkdown(report: DriftReport): string {
  const { drift: found, absent, unknown } = report;
  return [
    `## ${title(report)}`,
    "",
    ...(found.length === 0
      ? []
      : [
          "| layer | resource, as it is → as the program wants it |",
          "|---|---|",
          ...found.map(({ layer, line }) => `| ${layer} | ${plainText(line)} |`),
          "",
        ]),
    ...unknown.map(({ layer, why }) => `- ${layer}: ${plainText(why)}`),
    ...absent.map((layer) => `- ${layer} is not up`),
    ...(found.length === 0
      ? []
      : ["", "To undo it:", "", "```sh", ...remedy(report), "```", "", "To keep it, write it into the program."]),
  ].join("\n");
}
