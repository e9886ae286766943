// Versions of a model with real files: what training would have left in the model store.

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { digestOfFiles } from "#promotion/artifacts/tree-digest";
import { sha256 } from "#toolchain/digest";

/** Bytes of the weights. */
const WEIGHTS = 64 * 1024;

/** Files of a version, by their path: laid out as MLflow does it, and the same bytes whenever they are made. */
function filesOf(model: string, version: string): Record<string, Buffer> {
  const blocks = Array.from({ length: WEIGHTS / 32 }, (_, index) =>
    createHash("sha256").update(`${model} ${version} ${index}`).digest(),
  );
  return {
    MLmodel: Buffer.from(`flavors:\n  sklearn:\n    pickled_model: data/model.pkl\nmodel: ${model}\nversion: "${version}"\n`),
    "data/model.pkl": Buffer.concat(blocks),
    "requirements.txt": Buffer.from("scikit-learn\n"),
  };
}

/** Digest by which a release names its files. */
export const digestOfVersion = (model: string, version: string): string =>
  digestOfFiles(Object.entries(filesOf(model, version)).map(([path, content]) => ({ path, sha256: sha256(content) })));

/** Writes the files of a version into a store of models, under the path that its release names. */
export function storeVersion(store: string, model: string, version: string): void {
  for (const [path, content] of Object.entries(filesOf(model, version))) {
    const file = join(store, "models", model, version, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
