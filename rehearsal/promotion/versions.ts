// Versions of the models of a story: what training has left, and where it is put when somebody releases a version.

import { cpSync } from "node:fs";
import { join } from "node:path";
import type { Trained } from "../model-store/train.ts";

/** Copies the files of a version, and what users ask its model, from one store of models to another. */
export function storeVersion(from: string, to: string, { model, version }: Pick<Trained, "model" | "version">): void {
  for (const path of [join("models", model, version), join("questions", `${model}.json`)]) {
    cpSync(join(from, path), join(to, path), { recursive: true });
  }
}
