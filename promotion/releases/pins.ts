import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CHART_IMAGES } from "#components/chart-images";
import { CHARTS, MLFLOW, NODE_IMAGE } from "#components/versions";
import { canonicalText } from "#stacks/inputs/releases/canonical";
import type { PlatformRelease } from "#stacks/inputs/releases/schema";
import { LOCK, readLock } from "#toolchain/chart-lock";
import { sha256 } from "#toolchain/digest";

/** What a platform release says of the program: digests of what it pins. */
export type Pins = Pick<PlatformRelease, "charts" | "images" | "lockfile">;

/** Where the pins stand, for a person. */
export const PINNED_IN: Readonly<Record<keyof Pins, string>> = {
  charts: `components/versions.ts, ${LOCK}`,
  images: `components/chart-images.ts, components/versions.ts, ${LOCK}`,
  lockfile: "package-lock.json",
};

/** What the program pins as it is here. @param folder root of the working tree. */
export function pinsOf(folder: string): Pins {
  const file = join(folder, LOCK);
  const locked = existsSync(file) ? readLock(file) : [];
  const charts = Object.entries(CHARTS).map(([name, { chart, version, ...rest }]) => {
    const repository = "repository" in rest ? rest.repository : undefined;
    return [name, { chart, version, repository }] as const;
  });
  return {
    charts: digestOf({
      pinned: Object.fromEntries(charts),
      locked: locked.map(({ name, version, sha256: digest }) => ({ name, version, digest })),
    }),
    images: digestOf({ charts: CHART_IMAGES, locked: locked.map(({ name, images }) => ({ name, images })), MLFLOW, NODE_IMAGE }),
    lockfile: sha256(readFileSync(join(folder, "package-lock.json"))),
  };
}

const digestOf = (content: unknown): string => sha256(canonicalText(content));
