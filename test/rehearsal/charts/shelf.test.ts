import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHARTS } from "#components/versions";
import { findCharts } from "#rehearsal/charts/found";
import { note } from "#rehearsal/charts/recorded";
import { ChartShelf, definitionsWithoutChart } from "#rehearsal/charts/shelf";

const folder = mkdtempSync(join(tmpdir(), "millrace-shelf-"));
const at = (name: string): string => join(folder, name);
const rollouts = `argo-rollouts-${CHARTS.argoRollouts.version}.tgz`;

/** An archive of a chart with one template. */
async function chart(file: string, name: string, template: string): Promise<string> {
  mkdirSync(at(`${file}.d/${name}/templates`), { recursive: true });
  writeFileSync(at(`${file}.d/${name}/Chart.yaml`), `apiVersion: v2\nname: ${name}\nversion: 9.9.9\n`);
  writeFileSync(at(`${file}.d/${name}/templates/all.yaml`), template);
  mkdirSync(join(at(file), ".."), { recursive: true });
  await create({ file: at(file), gzip: true, cwd: at(`${file}.d`) }, [name]);
  return at(file);
}

const sourcesOf = (name: "kueue" | "base" | "cert-manager", path: string) => ({ name, version: "v1", path });
let kueue = "";
let base = "";
let certManager = "";
beforeAll(async () => {
  kueue = await chart("kueue.tgz", "kueue", "kind: MutatingWebhookConfiguration\n");
  base = await chart("base.tgz", "base", "kind: ValidatingWebhookConfiguration\n");
  certManager = await chart("cert-manager.tgz", "cert-manager", "kind: ValidatingWebhookConfiguration\n");
  await chart(`mirror/${rollouts}`, "argo-rollouts", "kind: Deployment\n");
  await chart(`cache/${rollouts}`, "argo-rollouts", "kind: StatefulSet\n");
  await chart(`cache/kueue-${CHARTS.kueue.version}.tgz`, "kueue", "kind: Deployment\n");
  await chart(`cache/kueue-0.0.1.tgz`, "kueue", "kind: Deployment\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

const charts = () => [sourcesOf("kueue", kueue), sourcesOf("base", base), sourcesOf("cert-manager", certManager)];

describe("the charts that a machine has", () => {
  it("are archives of the mirror, then of the cache, then sources", () => {
    const found = findCharts({ charts: charts() }, [at("mirror"), at("cache")]);
    expect(found.map(({ name, path, kind }) => [name, path.slice(folder.length + 1), kind])).toEqual([
      ["kueue", `cache/kueue-${CHARTS.kueue.version}.tgz`, "archive"],
      ["base", "base.tgz", "sources"],
      ["argo-rollouts", `mirror/${rollouts}`, "archive"],
      ["cert-manager", "cert-manager.tgz", "sources"],
    ]);
  });

  it("are none where nothing is there", () => expect(findCharts({ charts: [] }, [at("nowhere")])).toEqual([]));
});

describe("the shelf", () => {
  it("tells of each chart how it came, once it was asked for", async () => {
    const notes = at("notes");
    note(notes, { chart: CHARTS.pushgateway.chart, values: { replicaCount: 1 } });
    const shelf = new ChartShelf(notes, findCharts({ charts: charts() }, [at("mirror")]));
    expect(shelf.ways()).toEqual([]);
    for (const pin of [CHARTS.kueue, CHARTS.istioBase, CHARTS.certManager, CHARTS.argoRollouts, CHARTS.pushgateway]) {
      await shelf.archive(pin);
    }
    expect(shelf.ways()).toEqual([
      "as published: argo-rollouts",
      "from their projects' sources: base, kueue",
      "from their projects' sources, without webhooks: cert-manager",
      "recorded, pods only: prometheus-pushgateway",
    ]);
  });

  it("gives an archive of a publisher as it is, byte for byte, where nothing must be left out", async () => {
    const shelf = new ChartShelf(at("notes"), findCharts({ charts: [] }, [at("mirror")]));
    expect((await shelf.archive(CHARTS.argoRollouts)).equals(readFileSync(at(`mirror/${rollouts}`)))).toBe(true);
  });
});

it("definitions are installed beforehand where their chart is recorded, and only there", () => {
  const definition = (source: "kueue" | "argo-rollouts" | "istio") => ({ source, version: "v1", path: `${source}.yaml` });
  const all = [definition("kueue"), definition("argo-rollouts"), definition("istio")];
  expect(definitionsWithoutChart(all, findCharts({ charts: charts() }, []))).toEqual(["argo-rollouts.yaml"]);
  expect(definitionsWithoutChart(all, findCharts({ charts: charts() }, [at("mirror")]))).toEqual([]);
});
