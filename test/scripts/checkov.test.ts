import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import type { EnvironmentPlan } from "#plan/environment";
import { policyOf } from "#plan/policy";
import type { Reaction } from "#scripts/checkov/compare";
import { checkIds, sideOf, silence, UNEXPLAINED, verdictOn } from "#scripts/checkov/explain";
import { OF_CHECKOV } from "#scripts/checkov/explanations";
import { object } from "#scripts/checkov/mutant";
import { MUTANTS } from "#scripts/checkov/mutants";
import { changed, manifestsOf } from "#scripts/checkov/prod";
import type { Finding } from "#scripts/checkov/run";
import type { Layer } from "#stacks/contracts";
import { tableOf } from "../docs/pages.ts";
import { planOf } from "../harness/kept.ts";

const page = readFileSync(join(PROJECT_FOLDER, "docs", "policies-and-checkov.md"), "utf8");
const mutants = Object.entries(MUTANTS).flatMap(([family, members]) => members.map((mutant) => ({ ...mutant, family })));

let prod: EnvironmentPlan;
/** The plan of each layer by itself, which is a stack to the rules, and what they find in it. */
let before: Map<Layer, { plan: EnvironmentPlan; found: string[] }>;
beforeAll(async () => {
  prod = await planOf("prod");
  before = new Map(
    prod.layers.map((layer) => {
      const plan = { ...prod, layers: [layer] };
      return [layer.layer, { plan, found: foundIn(plan) }];
    }),
  );
});

describe("the page", () => {
  const rows = [...page.matchAll(/^### (.+)$/gm)].flatMap(([heading]) =>
    tableOf(page.slice(page.indexOf(heading)), "a change that brings", "ours", "checkov"),
  );

  it("has a row for every mutant, in their order", () => {
    expect(rows.map(([what]) => what)).toEqual(mutants.map(({ what }) => what.replaceAll("`", "")));
  });

  it("explains everything, and nothing that is not found any more", () => {
    expect(page).not.toContain(UNEXPLAINED);
    expect(Object.values(OF_CHECKOV).filter(({ why }) => !page.includes(why))).toEqual([]);
  });

  it.each(mutants)("tells which of our rules find $what", (mutant) => {
    const layer = before.get(mutant.layer)!;
    const now = foundIn(changed(layer.plan, mutant)).filter((each) => !layer.found.includes(each));
    const row = rows.find(([what]) => what === mutant.what.replaceAll("`", ""));
    const named = [...(row?.[1] ?? "").matchAll(/\[([A-Z0-9]+-\d\d)\]/g)].map(([, id]) => id);
    expect(new Set(named)).toEqual(new Set(now.map((each) => each.split(" ")[0])));
  });
});

/** What our rules find in a plan, each with its place. */
const foundIn = (plan: EnvironmentPlan): string[] =>
  policyOf(plan, [], "2026-11-21").verdicts.flatMap(({ verdict }) =>
    verdict.violations.map(({ rule, address, property, got }) => `${rule.id} ${address} ${property} ${got}`),
  );

describe("objects", () => {
  it("are what the program makes itself, each in a file of its own, with secrets hidden", () => {
    const manifests = manifestsOf(prod, "platform");
    expect(manifests.filter(({ object }) => object["kind"] === "Release")).toEqual([]);
    expect(new Set(manifests.map(({ file }) => file)).size).toBe(manifests.length);
    // The password is not known before it is made.
    const admin = manifests.find(({ file }) => file === "monitoring-grafana-admin.Secret.yaml");
    expect(admin?.object["stringData"]).toEqual({ "admin-user": "[secret]" });
  });

  it("of the plan stay as they are when a mutant changes a copy", () => {
    const plan = { ...prod, layers: prod.layers.filter(({ layer }) => layer === "platform") };
    const text = JSON.stringify(plan.layers);
    const server = object("apps/v1:Deployment", "tracking-server");
    const mutant = { what: "", layer: "platform" } as const;
    const kinds = (plan: EnvironmentPlan): string[] => manifestsOf(plan, "platform").map(({ file }) => file);
    const edited = changed(plan, { ...mutant, edits: [{ resource: server, change: ({ spec }) => (spec.replicas = 7) }] });
    const removed = changed(plan, { ...mutant, removes: [server] });
    const added = changed(plan, { ...mutant, adds: { type: "kubernetes:core/v1:ConfigMap", inputs: { kind: "ConfigMap" } } });
    expect(JSON.stringify(plan.layers)).toBe(text);
    expect(JSON.stringify(edited.layers)).not.toBe(text);
    expect(kinds(plan).filter((file) => !kinds(removed).includes(file))).toEqual(["tracking-server.Deployment.yaml"]);
    expect(kinds(added).filter((file) => !kinds(plan).includes(file))).toEqual(["added.ConfigMap.yaml"]);
  });

  it("that are not there cannot be changed", () => {
    expect(() => changed(prod, { what: "none", layer: "platform", removes: [object("core/v1:Pod", "nobody")] })).toThrow(
      "platform must have kubernetes:core/v1:Pod 'nobody', got nothing: fix the mutant \"none\"",
    );
  });
});

describe("a reaction", () => {
  const finding = (check: string): Finding => ({ check, title: "", file: "a.Pod.yaml", keys: [], failed: true });
  const ours = (id: string): Reaction["ours"] => [{ rule: { id } } as Reaction["ours"][number]];
  const reaction = (checks: string[], rules: string[], blind?: Reaction["blind"]): Reaction => ({
    family: "",
    what: "",
    checkov: checks.map(finding),
    ours: rules.flatMap(ours),
    ...(blind && { blind }),
  });

  it.each([
    { side: "both", of: reaction(["CKV_1"], ["K8S-02"]), why: "" },
    { side: "only ours", of: reaction([], ["K8S-02"], "not in the objects"), why: "not in the objects" },
    { side: "only ours", of: reaction([], ["K8S-02", "GPU-09"]), why: `it does not know queues ${UNEXPLAINED}` },
    { side: "only checkov", of: reaction(["CKV_K8S_11", "CKV_1"], []), why: `${UNEXPLAINED} ${verdictOn("CKV_K8S_11")}` },
    { side: "neither", of: reaction([], []), why: UNEXPLAINED },
  ])("of $side is explained, or says that it is not", ({ side, of, why }) => {
    expect([sideOf(of), silence(of)]).toEqual([side, why]);
  });

  it("names its checks once, by number", () => {
    expect(checkIds(["CKV_K8S_10", "CKV_K8S_9", "CKV_K8S_10"].map(finding))).toEqual(["CKV_K8S_9", "CKV_K8S_10"]);
  });
});
