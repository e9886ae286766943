import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { RULES } from "#policies/catalogue";
import { badObjects } from "#rehearsal/phases/admission";
import { badChanges, policyPack } from "#rehearsal/phases/policies";
import { readChanges } from "#rehearsal/program/changes";
import { fakeContext } from "../fake-context.ts";

const levelInDev = (id: string) => RULES.find((rule) => rule.id === id)?.levels.dev ?? "off";

/** What a pack says that finds every mutant but these. */
const findings = (...blind: string[]) => ({
  findings: (mutants: readonly string[]) =>
    mutants
      .filter((rule) => !blind.includes(rule))
      .map((rule) => ({ policy: rule, level: levelInDev(rule), urn: "", message: "" })),
});

describe("bad changes", () => {
  it("are previewed together, layer by layer, and leave the program as it was", async () => {
    const { context, asked } = fakeContext(findings());
    const { detail } = await badChanges.run(context);
    expect(detail).toMatch(/^\d+ stopped by the policy pack \(S3-01, .*\), \d+ advised against · state untouched$/);
    // Rules on single resources and rules on relations in turn: at most two previews a layer.
    expect(asked.length).toBeLessThanOrEqual(6);
    expect(context.outcome.mutants?.map(({ rule }) => rule)).toContain("GPU-03");
    expect(readChanges(context.workspace.project).mutants).toEqual([]);
  });

  it("fail the rehearsal when the pack does not report one, also alone", async () => {
    const { context } = fakeContext(findings("GPU-03"));
    await expect(badChanges.run(context)).rejects.toThrow(
      new Error(
        `a pull request with 4,096 GPUs in a pool must break GPU-03 (${levelInDev("GPU-03")}), the policy pack did not report it`,
      ),
    );
  });
});

describe("the pack's config", () => {
  it("has the levels of the environment, and lets the shortened times pass", () => {
    const folder = mkdtempSync(join(tmpdir(), "millrace-pack-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const written = JSON.parse(readFileSync(policyPack("staging", folder).config, "utf8"));
    const own = JSON.parse(readFileSync(join(PROJECT_FOLDER, "policies", "env", "staging.json"), "utf8"));
    expect(written).toEqual({ ...own, "CAN-05": { ...own["CAN-05"], least: 8 } });
    expect(own["CAN-05"].least).toBeGreaterThan(10);
  });
});

describe("bad objects", () => {
  const isGood = ({ spec }: { spec?: { containers?: unknown[] } }): boolean =>
    JSON.stringify(spec) === JSON.stringify({ containers: [{ name: "server", image: "i" }] });

  it("are all refused, and the outcome names the rule", async () => {
    const { context, asked } = fakeContext({
      environment: "prod",
      admits: (object) =>
        isGood(object) ? undefined : object["kind"] === "Namespace" ? "K8S-01: a namespace must" : "PodSecurity",
    });
    expect(await badObjects.run(context)).toEqual({
      detail:
        "a good pod admitted, 9 bad objects refused by the API server (K8S-02, K8S-06, IMG-01, IMG-02, SEC-02, GPU-01, K8S-01, MESH-01, MESH-03)",
    });
    expect(asked.every((each) => each.endsWith("?dryRun=All"))).toBe(true);
    expect(Object.fromEntries(context.outcome.admission?.map(({ rule, refusedBy }) => [rule, refusedBy]) ?? [])).toMatchObject({
      "K8S-01": "our policy",
      "K8S-02": "PodSecurity",
    });
  });

  it("fail the rehearsal when one is admitted", async () => {
    const { context } = fakeContext({ environment: "prod" });
    await expect(badObjects.run(context)).rejects.toThrow(
      new Error("the API server must refuse what breaks K8S-02, it admitted a Pod"),
    );
  });

  it("fail the rehearsal when the good pod is refused", async () => {
    const { context } = fakeContext({ environment: "prod", admits: () => "K8S-02: a pod must" });
    await expect(badObjects.run(context)).rejects.toThrow(
      new Error("a good pod must be admitted, it was refused: K8S-02: a pod must"),
    );
  });
});
