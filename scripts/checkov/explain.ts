import type { Ours, Reaction } from "./compare.ts";
import { OF_CHECKOV, OF_OURS } from "./explanations.ts";
import type { Finding } from "./run.ts";

/** Shown on the page when there is no explanation. */
export const UNEXPLAINED = "**unexplained**";

export type Side = "both" | "only ours" | "only checkov" | "neither";

export function sideOf({ checkov, ours }: Pick<Reaction, "checkov" | "ours">): Side {
  if (checkov.length > 0) {
    return ours.length > 0 ? "both" : "only checkov";
  }
  return ours.length > 0 ? "only ours" : "neither";
}

/** Why only one of both finds a change; empty if both do. */
export function silence(reaction: Reaction): string {
  const { what, checkov, ours, blind } = reaction;
  switch (sideOf(reaction)) {
    case "both":
      return "";
    case "only ours":
      return blind ?? sentences(ruleIds(ours).map((id) => OF_OURS[`${id}, ${what}`] ?? OF_OURS[id]));
    case "only checkov":
      return sentences(checkIds(checkov).map(verdictOn));
    case "neither":
      return UNEXPLAINED;
  }
}

/** Our verdict on a check that we do not have, or whose finding we accept. */
export function verdictOn(check: string): string | undefined {
  const explanation = OF_CHECKOV[check];
  return explanation && `${explanation.kind}: ${explanation.why}`;
}

/** Each reason once, including the text for a missing one. */
const sentences = (reasons: readonly (string | undefined)[]): string =>
  [...new Set(reasons.map((reason) => reason ?? UNEXPLAINED))].join(" ");

export const checkIds = (findings: readonly Finding[]): string[] => inOrder(findings.map(({ check }) => check));
export const ruleIds = (findings: readonly Ours[]): string[] => inOrder(findings.map(({ rule }) => rule.id));

const inOrder = (ids: readonly string[]): string[] =>
  [...new Set(ids)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
