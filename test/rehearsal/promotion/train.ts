import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { digestOfFiles } from "#promotion/artifacts/tree-digest";
import type { Train } from "#rehearsal/promotion/shared";
import { sha256 } from "#toolchain/digest";
import { trainedAs } from "../trained.ts";

/** Stands for training, which takes seconds: files that nobody loads, another content for each version. */
export const train: Train = async (store, versions) =>
  versions.map(({ model, version }) => {
    const files = { MLmodel: `model: ${model}\n`, "model.skops": `${model} ${version}`.repeat(1_000) };
    const write = (path: string, content: string): void => {
      mkdirSync(dirname(join(store, path)), { recursive: true });
      writeFileSync(join(store, path), content);
    };
    Object.entries(files).forEach(([path, content]) => write(`models/${model}/${version}/${path}`, content));
    write(`questions/${model}.json`, "[{}]");
    const digests = Object.entries(files).map(([path, content]) => ({ path, sha256: sha256(content) }));
    return { ...trainedAs(model, version), sha256: digestOfFiles(digests) };
  });
