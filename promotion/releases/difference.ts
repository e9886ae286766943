import * as pulumi from "@pulumi/pulumi";
import { higherIsBetter } from "#stacks/inputs/releases/metrics";
import type { Found } from "./references.ts";

/** A value that two releases have differently. */
export interface Difference {
  /** `metrics.test.auc`, `data`, `image.digest` … */
  key: string;
  from: string | number | null;
  to: string | number | null;
  /** Whether the metric became better; absent where nobody can say. */
  better?: boolean;
}

/** What makes a release this one and no other: it always differs. */
const NAMES = ["model", "version", "id", "path", "parent", "signature"];

/**
 * What differs from one release to another.
 *
 * @throws {pulumi.RunError} when one is of a model and the other of the platform.
 */
export function differenceOf(one: Found, other: Found): Difference[] {
  if (one.kind !== other.kind) {
    throw new pulumi.RunError(
      `both releases must be of models, or both of the platform, got ${one.file} and ${other.file}: compare two of a kind`,
    );
  }
  const [before, after] = [valuesIn(one.release), valuesIn(other.release)];
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((key) => {
    const [from, to] = [before.get(key) ?? null, after.get(key) ?? null];
    return from === to ? [] : [{ key, from, to, ...judged(key, from, to) }];
  });
}

function judged(key: string, from: unknown, to: unknown): { better?: boolean } {
  const higher = key.startsWith("metrics.") ? higherIsBetter(key.split(".").at(-1) ?? "") : undefined;
  return higher === undefined || typeof from !== "number" || typeof to !== "number" ? {} : { better: to > from === higher };
}

function valuesIn(release: object): Map<string, string | number> {
  const own = Object.entries(release).filter(([key]) => !NAMES.includes(key));
  return new Map(flat("", Object.fromEntries(own)));
}

const flat = (path: string, value: object): [string, string | number][] =>
  Object.entries(value).flatMap(([key, inner]) => {
    const at = path === "" ? key : `${path}.${key}`;
    return typeof inner === "object" && inner !== null ? flat(at, inner) : [[at, inner] as [string, string | number]];
  });
