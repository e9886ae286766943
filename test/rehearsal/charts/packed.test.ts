import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { create, list } from "tar";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CHARTS } from "#components/versions";
import { packedChart } from "#rehearsal/charts/packed";

const folder = mkdtempSync(join(tmpdir(), "millrace-packed-"));
const sources = join(folder, "sources.tgz");
beforeAll(async () => {
  const write = (path: string, text: string): void => {
    mkdirSync(join(folder, "istio-discovery", path, ".."), { recursive: true });
    writeFileSync(join(folder, "istio-discovery", path), text);
  };
  write("Chart.yaml", "apiVersion: v2\nname: istiod\nversion: 1.0.0\nappVersion: 1.0.0\ndependencies: []\n");
  write("templates/deployment.yaml", "kind: Deployment\n");
  write("templates/hooks/webhook.yaml", "{{- if .Values.on }}\nkind: ValidatingWebhookConfiguration\n{{- end }}\n");
  write(
    "templates/role.yaml",
    "rules:\n- resources: [validatingwebhookconfigurations] # kind: MutatingWebhookConfiguration of others\n",
  );
  await create({ file: sources, gzip: true, cwd: folder }, ["istio-discovery"]);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function filesOf(archive: Buffer): Promise<Record<string, string>> {
  const file = join(folder, "out.tgz");
  writeFileSync(file, archive);
  const files: Record<string, string> = {};
  await list({
    file,
    onReadEntry: (entry) => {
      files[entry.path] = "";
      entry.on("data", (part: Buffer) => (files[entry.path] += part.toString()));
    },
  });
  return Object.fromEntries(Object.entries(files).filter(([path]) => !path.endsWith("/")));
}

test("a chart of sources has the pinned name and version, and all of its templates where its webhooks are answered", async () => {
  const { archive, webhooks } = await packedChart({ path: sources, kind: "sources" }, CHARTS.istiod, true);
  const files = await filesOf(archive);
  const { version } = CHARTS.istiod;
  expect(load(files["istiod/Chart.yaml"]!)).toEqual({ apiVersion: "v2", name: "istiod", version, appVersion: version });
  expect(Object.keys(files).sort()).toEqual(
    ["Chart.yaml", "templates/deployment.yaml", "templates/hooks/webhook.yaml", "templates/role.yaml"].map(
      (path) => `istiod/${path}`,
    ),
  );
  expect(webhooks).toBe(0);
});

test("webhooks that nobody answers are left out, and nothing that only speaks of them", async () => {
  const { archive, webhooks } = await packedChart({ path: sources, kind: "sources" }, CHARTS.istiod, false);
  expect(Object.keys(await filesOf(archive))).not.toContain("istiod/templates/hooks/webhook.yaml");
  expect(Object.keys(await filesOf(archive))).toContain("istiod/templates/role.yaml");
  expect(webhooks).toBe(1);
});

test("the same sources give the same bytes", async () => {
  const [first, second] = [
    await packedChart({ path: sources, kind: "sources" }, CHARTS.istiod, true),
    await packedChart({ path: sources, kind: "sources" }, CHARTS.istiod, true),
  ];
  expect(first.archive.equals(second.archive)).toBe(true);
});

test("an archive that is cut off is named, with what to do", async () => {
  const path = join(folder, "cut.tgz");
  writeFileSync(path, readFileSync(sources).subarray(0, 80));
  await expect(packedChart({ path, kind: "sources" }, CHARTS.istiod, true)).rejects.toThrow(
    /cut\.tgz must be an archive of istiod, got an archive that is cut off or damaged \(.+\): remove it/,
  );
});
