import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHARTS } from "#components/versions";
import { checkArchives } from "#rehearsal/charts/checked";
import { findCharts } from "#rehearsal/charts/found";
import { quoted } from "#render/shell";

const folder = mkdtempSync(join(tmpdir(), "millrace-checked-"));
afterAll(() => rmSync(folder, { recursive: true }));

const { version } = CHARTS.kueue;
const NAME = `kueue-${version}.tgz`;
const noLock = join(folder, "none.json");

/** A folder with an archive of kueue, of what is written. */
async function archived(name: string, files: Record<string, string>): Promise<string> {
  const [from, into] = [join(folder, `${name}.d`), join(folder, name)];
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(from, path, ".."), { recursive: true });
    writeFileSync(join(from, path), text);
  }
  mkdirSync(into);
  await create({ file: join(into, NAME), gzip: true, cwd: from }, [
    ...new Set(Object.keys(files).map((path) => path.split("/")[0]!)),
  ]);
  return into;
}

const right = { "kueue/Chart.yaml": `name: kueue\nversion: ${version}\n`, "kueue/values.yaml": `a: ${"x".repeat(2000)}\n` };
const check = (into: string, lock = noLock) => checkArchives(findCharts({ charts: [] }, [into]), lock);
const listed = (sha256: string) => JSON.stringify({ charts: [{ name: "kueue", version, sha256, images: [] }] });

let whole: string;
beforeAll(async () => void (whole = await archived("whole", right)));

describe("archives of charts, before a rehearsal", () => {
  it("are taken as they are where nothing speaks against them", async () => {
    await expect(check(whole)).resolves.toBeUndefined();
    const digest = createHash("sha256")
      .update(readFileSync(join(whole, NAME)))
      .digest("hex");
    const lock = join(folder, "right.json");
    writeFileSync(lock, listed(digest));
    await expect(check(whole, lock)).resolves.toBeUndefined();
  });

  it.each<[what: string, make: (into: string) => void, got: RegExp]>([
    ["cut off", (into) => truncateSync(join(into, NAME), 60), /an archive that is cut off or damaged \(.+\)/],
    ["empty", (into) => writeFileSync(join(into, NAME), ""), /an empty file/],
    ["too large", (into) => truncateSync(join(into, NAME), 3 * 2 ** 30), /a file of 3072 MiB, where Helm takes at most 100/],
    ["a text", (into) => writeFileSync(join(into, NAME), "<html>"), /no chart/],
  ])("are refused where one is %s: which, what it is, what to do", async (what, make, got) => {
    const into = await archived(what, right);
    make(into);
    await expect(check(into)).rejects.toThrow(
      new RegExp(
        `^${join(into, NAME)} must be the chart kueue ${version}, got ${got.source}\\. Fetch them again: npx millrace charts fetch --to ${quoted(into)}$`,
      ),
    );
  });

  it.each<[what: string, files: Record<string, string>, got: string]>([
    ["two folders", { ...right, "other/a": "" }, "an archive with 2 folders or files at its top (kueue, other)"],
    ["no Chart.yaml", { "kueue/values.yaml": "" }, "an archive without Chart.yaml in its folder"],
    ["another version", { "kueue/Chart.yaml": "name: kueue\nversion: 0.0.1\n" }, "kueue 0.0.1"],
    ["another chart", { "kueue/Chart.yaml": `name: redis\nversion: ${version}\n` }, `redis ${version}`],
  ])("are refused where one has %s", async (what, files, got) => {
    const into = await archived(what, files);
    await expect(check(into)).rejects.toThrow(`${join(into, NAME)} must be the chart kueue ${version}, got ${got}`);
  });

  it("are refused where one unpacks to more than Helm takes", async () => {
    const into = await archived("bomb", { ...right, "kueue/values.yaml": " ".repeat(101 * 2 ** 20) });
    await expect(check(into)).rejects.toThrow("got an archive that unpacks to more than the 100 MiB that Helm takes");
  });

  it("are refused where one is not the one that was fetched, by the project's list, then by the folder's", async () => {
    const lock = join(folder, "lock.json");
    writeFileSync(lock, listed("0".repeat(64)));
    const said = new RegExp(
      `^${join(whole, NAME)} must have the digest 0{64} of kueue ${version} in charts.lock.json, got [0-9a-f]{64}\\. Fetch`,
    );
    await expect(check(whole, lock)).rejects.toThrow(said);
    writeFileSync(join(whole, "charts.lock.json"), listed("0".repeat(64)));
    await expect(check(whole)).rejects.toThrow(said);
    rmSync(join(whole, "charts.lock.json"));
  });

  it("of sources are read, too, and need no version and no digest", async () => {
    const path = join(await archived("sources", { "any/Chart.yaml": "name: x\nversion: 0.0.0\n" }), NAME);
    const found = findCharts({ charts: [{ name: "kueue", version: "v0", path }] }, []);
    await expect(checkArchives(found, noLock)).resolves.toBeUndefined();
    truncateSync(path, 40);
    await expect(checkArchives(found, noLock)).rejects.toThrow(`Remove ${path}: it is downloaded again`);
  });

  it.each<[what: string, damage: (path: string) => void, got: RegExp]>([
    ["cut off", (path) => truncateSync(path, 60), /.+/],
    ["empty", (path) => writeFileSync(path, ""), /.+/],
    ["without objects", () => undefined, /no Deployment/],
  ])("of what a project installs are read, too, and refused where one is %s", async (what, damage, got) => {
    const text = what === "without objects" ? "kind: Service\n" : `kind: Deployment\na: ${"x".repeat(2000)}\n`;
    const path = join(await archived(`install ${what}`, { "install.yaml": text }), NAME);
    const found = findCharts({ charts: [{ name: "argo-rollouts", version: "v1", path }] }, []);
    if (what !== "without objects") {
      await expect(checkArchives(found, noLock)).resolves.toBeUndefined();
    }
    damage(path);
    await expect(checkArchives(found, noLock)).rejects.toThrow(
      new RegExp(`^${path} must hold what argo-rollouts installs, got ${got.source}\\. Remove ${path}: it is downloaded again$`),
    );
  });

  it("are refused with a list that is none", async () => {
    const lock = join(folder, "broken.json");
    writeFileSync(lock, "{");
    await expect(check(whole, lock)).rejects.toThrow(`${lock} must be a list that \`millrace charts fetch\` wrote`);
  });
});
