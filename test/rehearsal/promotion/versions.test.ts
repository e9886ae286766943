import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { digestOfVersion, storeVersion } from "#rehearsal/promotion/versions";

it("a version has the digest that the command of the guide gives, and another one than its neighbour", () => {
  const store = mkdtempSync(join(tmpdir(), "millrace-versions-"));
  onTestFinished(() => rmSync(store, { recursive: true }));
  storeVersion(store, "fraud", "4");
  const guide = readFileSync(join(PROJECT_FOLDER, "docs", "model-server.md"), "utf8");
  const command = /^cd "\$MODEL_DIR" && .+$/m.exec(guide)?.[0] ?? "";
  const said = execFileSync("sh", ["-ec", command], {
    env: { ...process.env, MODEL_DIR: join(store, "models/fraud/4") },
    encoding: "utf8",
  });
  expect(said.split(" ")[0]).toBe(digestOfVersion("fraud", "4"));
  expect(digestOfVersion("fraud", "5")).not.toBe(digestOfVersion("fraud", "4"));
});
