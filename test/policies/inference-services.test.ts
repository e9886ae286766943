import { describe, expect, it } from "vitest";
import { InferenceService } from "#components/serving/inference-service";
import { policyOf } from "#plan/policy";
import { record } from "#plan/record";
import { inferenceService } from "../components/serving/fixture.ts";
import { layer, planOf } from "../plan/sample.ts";
import { TODAY } from "./sample.ts";

/** Rules of prod that a changed InferenceService breaks, besides those of the role. */
async function broken(change: (predictor: any) => void): Promise<string[]> {
  const { resources } = await record(() => new InferenceService("fraud", inferenceService), { stack: "workloads-prod" });
  change(resources.find(({ type, custom }) => custom && type.endsWith(":InferenceService"))!.inputs["spec"].predictor);
  const { verdicts } = policyOf(planOf([layer("workloads", resources)], { environment: "prod" }), [], TODAY);
  const rules = verdicts.flatMap(({ verdict }) => verdict.violations).map(({ rule }) => rule.id);
  return [...new Set(rules)].filter((id) => !["IAM-03", "COST-01"].includes(id)).sort();
}

describe("the rules about pods judge an InferenceService", () => {
  it.each<[string, string, (predictor: any) => void]>([
    ["IMG-01", "an image by tag", ({ containers }) => (containers[0].image = "model-server:1")],
    ["IMG-01", "an image by tag that fetches", ({ initContainers }) => (initContainers[0].image = "model-server:1")],
    ["K8S-02", "a root user", ({ securityContext }) => (securityContext.runAsNonRoot = false)],
    ["K8S-02", "a privileged server", ({ containers }) => (containers[0].securityContext.privileged = true)],
    ["K8S-03", "no limit of memory", ({ containers }) => delete containers[0].resources.limits],
    ["K8S-02", "the node's network", (predictor) => (predictor.hostNetwork = true)],
  ])("%s refuses %s", async (id, _, change) => {
    expect(await broken(change)).toContain(id);
  });

  it("and leave a good one alone", async () => {
    expect(await broken(() => undefined)).toEqual([]);
  });
});
