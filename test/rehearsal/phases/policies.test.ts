import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { RULES } from "#policies/catalogue";
import { refuseBadObjects } from "#rehearsal/phases/admission";
import { MUTANTS } from "#rehearsal/phases/mutants";
import { policyPack } from "#rehearsal/phases/policies";
import { fakeStage } from "../fake-stage.ts";

const familyOf = (id: string): string => id.split("-")[0] ?? "";

describe("the bad changes", () => {
  it("cover every family of rules", () => {
    expect(new Set(MUTANTS.map(({ rule }) => familyOf(rule)))).toEqual(new Set(RULES.map(({ id }) => familyOf(id))));
  });

  it.each(MUTANTS)("can be made where $rule looks: once in $file", ({ file, find, replace }) => {
    const text = readFileSync(join(PROJECT_FOLDER, file), "utf8");
    expect(text.split(find)).toHaveLength(2);
    expect(text.replace(find, () => replace)).not.toBe(text);
  });
});

describe("the pack's config", () => {
  it("has the levels of the environment, and lets the shortened times pass", () => {
    const folder = mkdtempSync(join(tmpdir(), "millrace-pack-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const written = JSON.parse(readFileSync(policyPack("staging", folder).config, "utf8"));
    const own = JSON.parse(readFileSync(join(PROJECT_FOLDER, "policies", "env", "staging.json"), "utf8"));
    expect(written).toEqual({ ...own, "CAN-05": { ...own["CAN-05"], least: 15 } });
    expect(own["CAN-05"].least).toBeGreaterThan(15);
  });
});

describe("bad objects", () => {
  const isGood = ({ spec }: { spec?: { containers?: unknown[] } }): boolean =>
    JSON.stringify(spec) === JSON.stringify({ containers: [{ name: "server", image: "i" }] });

  it("are all refused, and it is said by whom", async () => {
    const { stage, asked, details } = fakeStage({
      environment: "prod",
      admits: (object) =>
        isGood(object) ? undefined : object["kind"] === "Namespace" ? "K8S-01: a namespace must" : "PodSecurity",
    });
    await refuseBadObjects(stage);
    expect(asked.every((each) => each.endsWith("?dryRun=All"))).toBe(true);
    expect(details()["bad objects"]).toBe(
      "a good pod admitted, 9 bad objects refused by the API server (K8S-02, K8S-06, IMG-01, IMG-02, SEC-02, GPU-01, K8S-01, MESH-01, MESH-03)",
    );
    expect(Object.fromEntries(stage.outcome.admission?.map(({ rule, refusedBy }) => [rule, refusedBy]) ?? [])).toMatchObject({
      "K8S-01": "our policy",
      "K8S-02": "PodSecurity",
    });
  });

  it("fail the rehearsal where one is admitted", async () => {
    const { stage } = fakeStage({ environment: "prod" });
    await expect(refuseBadObjects(stage)).rejects.toThrow(
      new Error("the API server must refuse what breaks K8S-02, it admitted a Pod"),
    );
  });

  it("fail the rehearsal where the good one is refused", async () => {
    const { stage } = fakeStage({ environment: "prod", admits: () => "K8S-02: a pod must" });
    await expect(refuseBadObjects(stage)).rejects.toThrow(
      new Error("a good pod must be admitted, it was refused: K8S-02: a pod must"),
    );
  });
});
