// Versions of a model with real files: what training would have left in the model store.

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const sha256 = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");

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

/** Digest by which a release names its files (docs/model-server.md, "Fetch"). */
export function digestOfVersion(model: string, version: string): string {
  const lines = Object.entries(filesOf(model, version)).map(([path, content]) => [path, sha256(content)] as const);
  const sorted = lines.sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  return sha256(sorted.map(([path, digest]) => `${digest}  ${path}\n`).join(""));
}

/** Writes the files of a version into a store of models, under the path that its release names. */
export function storeVersion(store: string, model: string, version: string): void {
  for (const [path, content] of Object.entries(filesOf(model, version))) {
    const file = join(store, "models", model, version, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
