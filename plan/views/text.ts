import { bold, dim, green, red, yellow } from "#render/terminal";
import type { Capacity } from "../capacity/capacity.ts";
import { type Cost, costNotes } from "../cost.ts";
import type { Difference, ValueChange } from "../difference.ts";
import type { EnvironmentPlan } from "../environment.ts";
import type { Policy } from "../policy.ts";
import { PRICES_AS_OF } from "../prices.ts";
import { countsByKind, type TreeNode, treeOf } from "../summary.ts";
import { capacityLines } from "./capacity.ts";
import { policyLines } from "./policy-text.ts";

/** Most resource changes that a screen lists; the rest is in `--json`. */
const LISTED = 40;

/** The plan as a person reads it: the answer first, the detail below. */
export function planText(
  plan: EnvironmentPlan,
  cost: Cost,
  {
    tree = false,
    difference,
    policy,
    capacity,
  }: { tree?: boolean; difference?: Difference | undefined; policy?: Policy; capacity?: Capacity } = {},
): string {
  const { environment, release, notReleased, program, seconds, layers, assumptions } = plan;
  const head = [bold(environment), `release ${release}`, ...(program === "" ? [] : [`program ${program}`])].join(" · ");
  const body = layers.map((layer) => {
    const kinds = Object.entries(countsByKind(layer)).map(([kind, count]) => `${kind} ${count}`);
    return `  ${layer.layer.padEnd(11)} ${String(layer.resources.length).padStart(4)} resources   ${dim(kinds.join(" · "))}`;
  });
  return [
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
    ...(capacity ? ["", ...capacityLines(capacity)] : []),
    ...assumptions.map((text) => `  note        ${text}`),
    ...(tree
      ? ["", ...layers.flatMap((layer) => [bold(layer.layer), ...treeOf(layer).flatMap((node) => treeLines(node, "  "))])]
      : []),
    ...(difference ? ["", ...differenceLines(difference)] : []),
  ].join("\n");
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

/** A difference, line by line: the profile first, because it is the cause, then what it does to resources. */
export function differenceLines({ against, cost, profile, resources }: Difference): string[] {
  if (profile.length === 0 && resources.length === 0) {
    return [`against ${against}: no difference`];
  }
  const marks = { added: green("+"), removed: red("-"), changed: yellow("~") };
  const total = (kind: keyof typeof marks): number => resources.filter((change) => change.kind === kind).length;
  return [
    `against ${against}: ${profile.length} differences in the profile; ${total("added")} resources more, ${total("removed")} fewer, ${total("changed")} changed`,
    ...(Math.round(cost.from) === Math.round(cost.to)
      ? []
      : [`  ${"cost at rest".padEnd(44)} ${dollars(cost.from)} → ${dollars(cost.to)} a month`]),
    ...profile.map((change) => `  ${change.path.padEnd(44)} ${arrow(change)}`),
    ...(profile.length > 0 && resources.length > 0 ? [""] : []),
    ...resources
      .slice(0, LISTED)
      .flatMap(({ kind, layer, resource, values }) => [
        `  ${marks[kind]} ${dim(`${layer}/`)}${resource}`,
        ...values.slice(0, 6).map((change) => `      ${change.path}  ${arrow(change)}`),
        ...(values.length > 6 ? [dim(`      and ${values.length - 6} more`)] : []),
      ]),
    ...(resources.length > LISTED ? [dim(`  and ${resources.length - LISTED} more: --json has all`)] : []),
  ];
}

const arrow = ({ from, to }: ValueChange): string => `${short(from)} → ${short(to)}`;

function short(value: unknown): string {
  const text = value === undefined ? "none" : typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Whole dollars, with thousands. */
export const dollars = (amount: number): string => `$${Math.round(amount).toLocaleString("en")}`;
