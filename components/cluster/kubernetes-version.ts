import { KUBERNETES } from "../versions.ts";

/** A day as `2026-11-21`, in UTC. */
export type Day = string;

const ENDS: Readonly<Record<string, Day>> = KUBERNETES.standardSupportEnds;

/**
 * Whether EKS gives a Kubernetes version standard support on a day, the last day included.
 *
 * A version stays allowed to its last day: refusing it earlier would block every other change to a cluster that runs it. After
 * that day EKS upgrades the control plane by itself (`upgradePolicy: STANDARD`), and the version that the program asks for would
 * be a downgrade.
 *
 * @param day @default today
 */
export function inStandardSupport(version: string, day: Day = today()): boolean {
  const end = ENDS[version];
  return end !== undefined && day <= end;
}

/** The rule that a version breaks, with what to choose from: it completes `'version' must be …`. @param day @default today */
export function standardSupportRule(day: Day = today()): string {
  const supported = Object.entries(ENDS).filter(([version]) => inStandardSupport(version, day));
  const list = supported.map(([version, end]) => `${version} until ${end}`).join(", ");
  return `a Kubernetes version in EKS standard support (${list || "none is known: bring versions.ts up to date"})`;
}

const today = (): Day => new Date().toISOString().slice(0, 10);
