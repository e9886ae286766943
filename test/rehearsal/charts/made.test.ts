import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dump } from "js-yaml";
import { create, list } from "tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ArgoRollouts } from "#components/delivery/argo-rollouts";
import type { Values } from "#components/pods/workload";
import { CHARTS } from "#components/versions";
import { findCharts } from "#rehearsal/charts/found";
import { noteValues } from "#rehearsal/charts/recorded";
import { ChartShelf } from "#rehearsal/charts/shelf";
import { factsOf, type Manifest } from "#scripts/charts/facts";
import { record } from "../../harness/graph.ts";
import { RENDERED } from "../../stacks/charts/charts.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-made-"));
afterAll(() => rmSync(folder, { recursive: true }));

const rbac = "rbac.authorization.k8s.io";
const named = (apiVersion: string, kind: string, name: string, rest: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name, labels: { "app.kubernetes.io/part-of": "argo-rollouts" } },
  ...rest,
});
const rule = (...apiGroups: string[]) => ({ apiGroups, resources: ["things"], verbs: ["get"] });

/** What the project says to install, in short. */
const INSTALL = [
  ...["analysisruns", "analysistemplates", "clusteranalysistemplates", "experiments", "rollouts"].map((plural) =>
    named("apiextensions.k8s.io/v1", "CustomResourceDefinition", `${plural}.argoproj.io`, {
      spec: { description: "{{ no template }}" },
    }),
  ),
  named("v1", "ServiceAccount", "argo-rollouts"),
  ...["view", "edit", "admin"].map((to) =>
    named(`${rbac}/v1`, "ClusterRole", `argo-rollouts-aggregate-to-${to}`, { rules: [rule("argoproj.io")] }),
  ),
  named(`${rbac}/v1`, "ClusterRole", "argo-rollouts", {
    rules: [
      { apiGroups: [""], resources: ["secrets", "configmaps"], verbs: ["get", "list", "watch"] },
      rule("networking.istio.io"),
      rule("traefik.containo.us", "traefik.io"),
    ],
  }),
  named(`${rbac}/v1`, "ClusterRoleBinding", "argo-rollouts", {
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "argo-rollouts" },
    subjects: [{ kind: "ServiceAccount", name: "argo-rollouts", namespace: "elsewhere" }],
  }),
  named("v1", "Service", "argo-rollouts-metrics", { spec: { ports: [{ name: "metrics", port: 8090 }], selector: { a: "b" } } }),
  named("apps/v1", "Deployment", "argo-rollouts", {
    spec: {
      replicas: 1,
      strategy: { type: "RollingUpdate" },
      selector: { matchLabels: { a: "b" } },
      template: {
        metadata: { labels: { a: "b" } },
        spec: {
          serviceAccountName: "argo-rollouts",
          containers: [
            {
              name: "argo-rollouts",
              image: "quay.io/argoproj/argo-rollouts:latest",
              ports: [
                { containerPort: 8090, name: "metrics" },
                { containerPort: 8080, name: "healthz" },
              ],
              resources: { limits: { "ephemeral-storage": "1Gi" } },
            },
          ],
        },
      },
    },
  }),
];

/** The objects that Helm finds in the chart. */
async function made(values: Values): Promise<Manifest[]> {
  noteValues(folder, { chart: CHARTS.argoRollouts.chart, values });
  const found = findCharts({ charts: [{ name: "argo-rollouts", version: "v1", path: join(folder, "install.tgz") }] }, []);
  const shelf = new ChartShelf(folder, found);
  writeFileSync(join(folder, "chart.tgz"), await shelf.archive(CHARTS.argoRollouts));
  expect(shelf.ways()).toEqual(["made from their projects' manifests and our values: argo-rollouts"]);
  const files: Record<string, string> = {};
  await list({
    file: join(folder, "chart.tgz"),
    onReadEntry: (entry) => {
      files[entry.path] = "";
      entry.on("data", (part: Buffer) => (files[entry.path] += part.toString()));
    },
  });
  expect(JSON.parse(files["argo-rollouts/Chart.yaml"]!)).toMatchObject({ version: CHARTS.argoRollouts.version });
  const helm = files["argo-rollouts/templates/objects.yaml"]!.replaceAll("{{ .Release.Name }}", "argo-rollouts").replaceAll(
    "{{ .Release.Namespace }}",
    "argo-rollouts",
  );
  expect(helm).not.toContain("{{");
  return helm
    .split("---\n")
    .filter(Boolean)
    .map((text) => JSON.parse(text));
}

const oursOf = async (args?: { replicas?: number; placement?: object }): Promise<Values> =>
  (await record(() => new ArgoRollouts("delivery", args))).find(({ name }) => name === "delivery-controller")!.inputs["values"];

describe("a chart of Argo Rollouts that is made of the project's manifests", () => {
  let ours: Values;
  beforeAll(async () => {
    writeFileSync(join(folder, "install.yaml"), INSTALL.map((object) => `---\n${dump(object)}`).join(""));
    await create({ file: join(folder, "install.tgz"), gzip: true, cwd: folder }, ["install.yaml"]);
    ours = await oursOf({ placement: { nodeSelector: { pool: "system" }, priorityClassName: "high" } });
  });

  it("has with our values what Helm has rendered of the real chart", async () => {
    const { crds, workloads, accounts, services, roles, readEverySecret, images } = RENDERED.argoRollouts;
    const release = { read: "", name: "argo-rollouts", namespace: "argo-rollouts", values: ours, defaults: {} };
    const facts = factsOf({ ...release, manifests: await made(ours) });
    expect(facts).toMatchObject({ crds, workloads, accounts, services, roles, readEverySecret, images });
  });

  it("starts the controller with the number, place, size and arguments of the values", async () => {
    const { spec } = (await made(ours)).find(({ kind }) => kind === "Deployment")!;
    expect(spec).toMatchObject({ replicas: 2, strategy: { type: "RollingUpdate" } });
    const { containers, ...pod } = spec.template.spec;
    expect(pod).toEqual({ serviceAccountName: "argo-rollouts", nodeSelector: { pool: "system" }, priorityClassName: "high" });
    expect(containers[0]).toMatchObject({
      args: [
        "--healthzPort=8080",
        "--metricsport=8090",
        "--loglevel=info",
        "--logformat=json",
        "--kloglevel=0",
        "--leader-elect",
        "--istio-api-version=v1",
      ],
      resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } },
    });
    expect(containers[0].resources.limits).not.toHaveProperty("ephemeral-storage");
  });

  it("writes objects of Istio, and of no other provider, and acts in its own namespace", async () => {
    const objects = await made(ours);
    const groups = objects.find(({ kind, metadata }) => kind === "ClusterRole" && metadata.name === "argo-rollouts")!["rules"];
    expect(groups.flatMap(({ apiGroups }: { apiGroups: string[] }) => apiGroups)).toEqual(["", "networking.istio.io"]);
    expect(objects.find(({ kind }) => kind === "ClusterRoleBinding")!["subjects"][0].namespace).toBe("argo-rollouts");
  });

  it("has a budget for two pods, no election for one, and no more than the values ask for", async () => {
    const kinds = async (values: Values) => (await made(values)).map(({ kind }) => kind);
    expect(await kinds(ours)).toEqual(expect.arrayContaining(["PodDisruptionBudget", "ServiceMonitor", "Service"]));
    const one = await made(await oursOf({ replicas: 1 }));
    expect(one.map(({ kind }) => kind)).not.toContain("PodDisruptionBudget");
    expect(JSON.stringify(one)).not.toContain("--leader-elect");
    const bare = await kinds({ installCRDs: false });
    expect(
      ["CustomResourceDefinition", "PodDisruptionBudget", "ServiceMonitor", "Service"].filter((kind) => bare.includes(kind)),
    ).toEqual([]);
  });

  it("takes its image from the registry that the values name, in the version that runs here", async () => {
    const mirrored = { ...ours, controller: { ...ours["controller"], image: { registry: "example.com/mirror" } } };
    const image = async (values: Values) =>
      (await made(values)).find(({ kind }) => kind === "Deployment")!["spec"].template.spec.containers[0].image;
    expect(await image(ours)).toMatch(/^quay\.io\/argoproj\/argo-rollouts:v\d+\.\d+\.\d+$/);
    expect(await image(mirrored)).toMatch(/^example\.com\/mirror\/argoproj\/argo-rollouts:v/);
  });
});

it("notes values only for charts that are made of them", () => {
  noteValues(folder, { chart: CHARTS.pushgateway.chart, values: { secret: "s" } });
  expect(() => readFileSync(join(folder, "prometheus-pushgateway.values"))).toThrow("ENOENT");
});
