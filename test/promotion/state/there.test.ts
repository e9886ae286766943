import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import type { Engine } from "#engine/engine";
import { EngineFailure } from "#engine/failure";
import { filesOf } from "#promotion/state/files-of";
import { demandStack } from "#promotion/state/there";

const failing = (reason: string) =>
  new EngineFailure({ operation: "stack export x", resource: undefined, reason, findings: [], log: "x.log" });

/** An engine on a backend, whose every stack is exported so. */
const engineOn = (url: string, exported: () => unknown = () => ({})): Engine =>
  ({ backend: async () => ({ url, project: "millrace" }), exportState: async () => exported() }) as unknown as Engine;

const NONE = /^no stack of dev was found at '.*': `pulumi whoami -v` says where stacks are looked for; name another place with/;

it.each([
  [".pulumi/stacks/millrace/platform-dev.json", true],
  [".pulumi/stacks/millrace/platform-dev.json.gz", true],
  [".pulumi/history/millrace/platform-dev/platform-dev-1.history.json", true],
  [".pulumi/locks/organization/millrace/platform-dev/a.json", true],
  [".pulumi/stacks/millrace/platform-prod.json", false],
  [".pulumi/stacks/other/platform-dev.json", false],
  [undefined, false],
])("a backend with %s has a stack of dev: %s", async (file, there) => {
  const folder = mkdtempSync(join(tmpdir(), "there-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const url = pathToFileURL(folder).href;
  await (file && filesOf(url)!.write(file, Buffer.from("{")));
  const asked = demandStack(engineOn(url), "dev");
  await (there ? expect(asked).resolves.toBeUndefined() : expect(asked).rejects.toThrow(NONE));
});

it("a backend whose files nobody can read is asked for its stacks", async () => {
  const asking = (exported: () => unknown) => demandStack(engineOn("https://api.pulumi.com", exported), "dev");
  await expect(asking(() => ({}))).resolves.toBeUndefined();
  await expect(
    asking(() => {
      throw failing("no stack named 'platform-dev' found");
    }),
  ).rejects.toThrow(NONE);
  await expect(
    asking(() => {
      throw failing("the state is of a newer version");
    }),
  ).resolves.toBeUndefined();
});

it("an operation on a stack that is not there says where stacks are looked for", () => {
  expect(failing("no stack named 'platform-dev' found").message).toMatch(
    /^stack export x failed: no stack named 'platform-dev' found: `pulumi whoami -v` .* \(log: x\.log\)$/,
  );
});
