import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import { FORMS } from "#stacks/inputs/releases/read";
import type { ModelRelease, PlatformRelease, Pointer } from "#stacks/inputs/releases/schema";

/** A valid model release; the sha256 is that of no other model and version. */
export function modelReleaseOf(model = "fraud", version = "3", rest: Partial<ModelRelease> = {}): ModelRelease {
  return {
    author: "Ada",
    code: "1f".repeat(20),
    data: "transactions 2026-11-20",
    features: "transactions 7",
    image: { repository: "model-server", digest: `sha256:${"a".repeat(64)}` },
    metrics: { test: { auc: 0.92 }, validation: { auc: 0.93 } },
    model,
    parent: null,
    path: `models/${model}/${version}`,
    run: "2e".repeat(16),
    runtime: "image",
    sha256: createHash("sha256").update(`${model} ${version}`).digest("hex"),
    time: "2026-11-21T09:00:00Z",
    version,
    ...rest,
  };
}

/** What names a release as the parent of another one. */
export const asParent = (release: ModelRelease) => ({ version: release.version, digest: digestOfRelease(release) });

export const platformReleaseOf = (id = "2026.11.21-1", rest: Partial<PlatformRelease> = {}): PlatformRelease => ({
  author: "Ada",
  charts: "c1".repeat(32),
  id,
  images: "c2".repeat(32),
  lockfile: "c3".repeat(32),
  parent: null,
  program: "4d".repeat(20),
  time: "2026-11-21T09:00:00Z",
  ...rest,
});

export const pointerOf = (models: Record<string, string>, platform = "2026.11.21-1"): Pointer => ({ models, platform });

/** Text of a file in the folder of the releases; of another value, its JSON. */
export function releaseText(file: string, content: unknown): string {
  if (typeof content === "string") {
    return content;
  }
  const text = file.startsWith("environments/")
    ? FORMS.pointer.textFor(content as Pointer)
    : FORMS.model.textFor(content as ModelRelease);
  return text;
}

/** Writes a file into a folder of releases, in its form. Text is written as it is; `undefined` writes nothing. */
export function putRelease(folder: string, file: string, content: unknown): void {
  if (content !== undefined) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), releaseText(file, content));
  }
}

/** A new folder with files, by their paths in it, and the platform release that pointers name. */
export function releasesFolder(files: Readonly<Record<string, unknown>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "millrace-releases-"));
  for (const [file, content] of Object.entries({
    "platform/2026.11.21-1.json": platformReleaseOf(),
    "promotion.json": { approvers: {}, freezes: [], people: {} },
    "signers.json": {},
    ...files,
  })) {
    putRelease(folder, file, content);
  }
  return folder;
}
