import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";

/** Nobody interrupts. */
export const never = new AbortController().signal;

export const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** A folder of this machine with files below `folder`. @returns the store's folder. */
export function storeWith(folder: string, files: Record<string, string | Uint8Array> = {}): string {
  const root = mkdtempSync(join(tmpdir(), "store-"));
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return root;
}

/** Digest of a model's files, by another way than the product's. */
export const digestOf = (files: Record<string, string | Uint8Array>): string =>
  sha256(
    Object.entries(files)
      .map(([path, content]) => ({ path: Buffer.from(path), line: `${sha256(content)}  ${path}\n` }))
      .toSorted((a, b) => a.path.compare(b.path))
      .map(({ line }) => line)
      .join(""),
  );

/** Digest of a folder by the command of docs/model-server.md. */
export function shellDigest(folder: string): string {
  const page = readFileSync(join(PROJECT_FOLDER, "docs/model-server.md"), "utf8");
  const [command] = /^cd "\$MODEL_DIR" && .*$/m.exec(page)!;
  return execFileSync("sh", ["-c", command], { encoding: "utf8", env: { ...process.env, MODEL_DIR: folder } }).replace(
    / .*\n$/,
    "",
  );
}
