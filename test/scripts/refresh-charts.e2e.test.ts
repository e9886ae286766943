import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { create } from "tar";
import { afterAll, describe, expect, it } from "vitest";
import { CHARTS } from "#components/versions";
import { PROJECT_FOLDER } from "#engine/project";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "millrace-refresh-charts-"));
afterAll(() => rmSync(folder, { recursive: true }));

const refresh = (...args: string[]) =>
  run(process.execPath, ["scripts/refresh-charts.ts", ...args, "--into", folder], { cwd: PROJECT_FOLDER });

function chart(name: string, version: string, values: string): void {
  mkdirSync(join(folder, name, "templates"), { recursive: true });
  writeFileSync(join(folder, name, "Chart.yaml"), `name: ${name}\nversion: ${version}\n`);
  writeFileSync(join(folder, name, "values.yaml"), values);
  writeFileSync(join(folder, name, "templates", "all.yaml"), "{{ .Values.fromTemplate }}");
}

describe("npm run refresh:charts", () => {
  it("reads charts from folders and archives, and leaves the others as they are", async () => {
    const { version } = CHARTS.certManager;
    chart("kueue", "0.18.4", "replicas: 1\n");
    chart("cert-manager", version, "image: {tag: x}\n");
    await create({ file: join(folder, `cert-manager-${version}.tgz`), gzip: true, cwd: folder }, ["cert-manager"]);
    rmSync(join(folder, "cert-manager"), { recursive: true });

    const { stdout } = await refresh(folder);
    expect(stdout).toContain(`kueue ${CHARTS.kueue.version}: read from 0.18.4\n`);
    expect(stdout).toContain(`cert-manager ${version}: read from ${version}\n`);
    expect(stdout).toMatch(/^istiod \S+: not in \S+; its keys stay those of /m);
    expect(readFileSync(join(folder, "kueue.ts"), "utf8")).toContain(
      '  read: "0.18.4",\n  keys: `\n* fromTemplate\nm global\nn replicas\n`,\n',
    );
    expect(readFileSync(join(folder, "cert-manager.ts"), "utf8")).toContain("\n* fromTemplate\nm global\nimage:\n s tag\n");
  });

  it("says which folder it needs", async () => {
    const refused = await refresh(join(folder, "nowhere")).catch((error: { code: number; stderr: string }) => error);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("'<folder>' must be a readable folder, got ") });
  });
});
