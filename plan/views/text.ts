import { counted } from "#render/counted";
import { bold, dim, green, red, yellow } from "#render/terminal";
import { fitted } from "#render/width";
import type { Capacity } from "../capacity/capacity.ts";
import { type Cost, costNotes } from "../cost.ts";
import type { Difference, ResourceChange, ValueChange } from "../difference.ts";
import type { EnvironmentPlan } from "../environment.ts";
import type { Policy } from "../policy.ts";
import { PRICES_AS_OF } from "../prices.ts";
import { countsByKind, type TreeNode, treeOf } from "../summary.ts";
import { capacityLines } from "./capacity.ts";
import { changedParts } from "./changed-parts.ts";
import { policyLines } from "./policy-text.ts";

/** Most resource changes that a screen lists; the rest is in `--json`. */
const LISTED = 40;
/** Most changed values of one resource that a screen lists. */
const VALUES = 6;

/**
 * The plan as a person reads it: the answer first, the detail below.
 *
 * @param width of the lines, in columns. @default - whole lines
 */
export function planText(
  plan: EnvironmentPlan,
  cost: Cost,
  {
    tree = false,
    difference,
    policy,
    capacity,
    width = Infinity,
  }: { tree?: boolean; difference?: Difference | undefined; policy?: Policy; capacity?: Capacity; width?: number } = {},
): string {
  const { environment, platformRelease, notReleased, program, seconds, layers, assumptions } = plan;
  const head = [bold(environment), `platform release ${platformRelease}`, ...(program === "" ? [] : [`program ${program}`])].join(
    " · ",
  );
  const body = layers.map((layer) => {
    const kinds = Object.entries(countsByKind(layer)).map(([kind, count]) => `${kind} ${count}`);
    return `  ${layer.layer.padEnd(11)} ${String(layer.resources.length).padStart(4)} ${(layer.resources.length === 1 ? "resource" : "resources").padEnd(11)} ${dim(kinds.join(" · "))}`;
  });
  const lines = [
    `${head}   ${dim(`${seconds.toFixed(1)} s, no engine, no cloud`)}`,
    "",
    ...body,
    ...(notReleased.length > 0 ? [`  not served  ${notReleasedHere(plan)}`] : []),
    "",
    `  cost        ${bold(dollars(cost.atRest))} a month at rest · ceiling ${dollars(cost.ceiling)} ${dim(`(${cost.ceilingOf.join(", ")}, all month)`)}`,
    ...costLines(cost),
    `              ${dim(`on-demand list prices of ${cost.region} as of ${PRICES_AS_OF}`)}`,
    ...costNotes(cost).map((text) => `              ${dim(text)}`),
    ...(policy ? policyLines(policy) : []),
    ...(capacity ? ["", ...capacityLines(capacity, width)] : []),
    ...assumptions.map((text) => `  note        ${text}`),
    ...(tree
      ? ["", ...layers.flatMap((layer) => [bold(layer.layer), ...treeOf(layer).flatMap((node) => treeLines(node, "  "))])]
      : []),
    ...(difference ? ["", ...differenceLines(difference)] : []),
  ];
  return fitted(lines.join("\n"), width);
}

/** Which models are not served in the environment, and why. */
export const notReleasedHere = ({ notReleased }: EnvironmentPlan): string => `${notReleased.join(", ")}: not released here`;

function costLines({ items }: Cost): string[] {
  const byComponent = new Map<string, { monthly: number; what: Map<string, number> }>();
  for (const { component, monthly, what } of items) {
    const entry = byComponent.get(component) ?? { monthly: 0, what: new Map<string, number>() };
    entry.monthly += monthly;
    entry.what.set(what, (entry.what.get(what) ?? 0) + 1);
    byComponent.set(component, entry);
  }
  return [...byComponent]
    .sort(([, a], [, b]) => b.monthly - a.monthly)
    .map(([component, { monthly, what }]) => {
      const detail = [...what].map(([text, count]) => (count > 1 ? `${count} × ${text}` : text)).join(", ");
      return `              ${dollars(monthly).padStart(8)}  ${component.padEnd(14)} ${dim(detail)}`;
    });
}

function treeLines({ type, name, children }: TreeNode, indent: string): string[] {
  const isComponent = !type.includes(" ");
  return [
    `${indent}${isComponent ? bold(name) : name} ${dim(type)}`,
    ...children.flatMap((child) => treeLines(child, `${indent}  `)),
  ];
}

/** How much differs, in one sentence. */
export function differenceSummary({ against, profile, resources }: Difference): string {
  if (profile.length === 0 && resources.length === 0) {
    return `against ${against}: no difference`;
  }
  const count = (kind: ResourceChange["kind"]): number => resources.filter((change) => change.kind === kind).length;
  const inProfile = counted(profile.length, "difference");
  return `against ${against}: ${inProfile} in the profile; ${counted(count("added"), "resource")} more, ${count("removed")} fewer, ${count("changed")} changed`;
}

/** A difference, line by line: the profile first, because it is the cause, then what it does to resources. */
export function differenceLines(difference: Difference): string[] {
  const { cost, profile, resources } = difference;
  if (profile.length === 0 && resources.length === 0) {
    return [differenceSummary(difference)];
  }
  const marks = { added: green("+"), removed: red("-"), changed: yellow("~") };
  return [
    differenceSummary(difference),
    ...(Math.round(cost.from) === Math.round(cost.to)
      ? []
      : [`  ${"cost at rest".padEnd(44)} ${dollars(cost.from)} → ${dollars(cost.to)} a month`]),
    ...profile.map((change) => `  ${change.path.padEnd(44)} ${arrow(change)}`),
    ...(profile.length > 0 && resources.length > 0 ? [""] : []),
    ...resources
      .slice(0, LISTED)
      .flatMap(({ kind, layer, resource, values }) => [
        `  ${marks[kind]} ${dim(`${layer}/`)}${resource}`,
        ...values.slice(0, VALUES).map((change) => `    ${valueLine(change)}`),
        ...(values.length > VALUES ? [dim(`      and ${values.length - VALUES} more`)] : []),
      ]),
    ...(resources.length > LISTED ? [dim(`  and ${resources.length - LISTED} more: --json has all`)] : []),
  ];
}

function valueLine(change: ValueChange): string {
  const { path, from, to } = change;
  const [before, after] = changedParts(change);
  if (change.moved) {
    return `  ${path}  moved from place ${String(from)} to ${String(to)}`;
  }
  return from === undefined
    ? `+ ${path}  ${after}`
    : to === undefined
      ? `- ${path}  ${before}`
      : `  ${path}  ${before} → ${after}`;
}

const arrow = (change: ValueChange): string => changedParts(change).join(" → ");

/** Whole dollars, with thousands. */
export const dollars = (amount: number): string => `$${Math.round(amount).toLocaleString("en")}`;
