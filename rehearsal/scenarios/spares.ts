// Versions that are trained before users come: beside them training takes the processors that answers need, and four times as long.

import { mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { storeIn } from "../model-store/model-store.ts";
import { FAULTS, type Fault, type Trained, trainVersions } from "../model-store/train.ts";
import type { Outcome } from "../outcome.ts";
import type { Stage } from "./stage.ts";

type Kind = Fault | "good";
const KINDS: readonly Kind[] = ["good", ...(Object.keys(FAULTS) as Fault[])];

/** How many are trained of the kind that is wanted; of each other kind that has none left, one. Most of the time Python only starts. */
const AT_A_TIME = 6;

/** Those of a rehearsal that no trial has taken. Their versions are names: a number is given when one is taken. */
const spares = new WeakMap<Outcome, Record<Kind, Trained[]>>();
let made = 0;

/** A trained version of the model with the fault, or with none. Its files lie in the model store, under this version. */
export async function takeSpare(stage: Stage, version: string, kind: Kind = "good"): Promise<Trained> {
  const { served, inside, outcome } = stage;
  const left = spares.get(outcome) ?? (Object.fromEntries(KINDS.map((each) => [each, []])) as unknown as Record<Kind, Trained[]>);
  spares.set(outcome, left);
  if (left[kind].length === 0) {
    await trainMore(stage, left, kind);
  }
  const spare = left[kind].shift()!;
  const files = join(storeIn(inside.folder), "models", served.model, version);
  mkdirSync(dirname(files), { recursive: true });
  renameSync(join(storeOfSpares(stage), "models", served.model, spare.version), files);
  return { ...spare, version };
}

async function trainMore(stage: Stage, left: Record<Kind, Trained[]>, wanted: Kind): Promise<void> {
  const { served, tools, cluster } = stage;
  const kinds = KINDS.flatMap((kind) => Array<Kind>(kind === wanted ? AT_A_TIME : left[kind].length > 0 ? 0 : 1).fill(kind));
  const versions = kinds.map((kind) => ({
    model: served.model,
    version: `spare-${(made += 1)}`,
    ...(kind !== "good" && { fault: kind }),
  }));
  const trained = await trainVersions(tools.python, storeOfSpares(stage), versions, { signal: cluster.ended });
  kinds.forEach((kind, at) => left[kind].push(trained[at]!));
}

const storeOfSpares = ({ inside }: Stage): string => join(inside.folder, "spare-models");
