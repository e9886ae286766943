import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";
import { POOL, pool } from "./samples.ts";

const capacity = (values: string[]) => (inputs: any) => (inputs.spec.template.spec.requirements[1].values = values);

describeRule("GPU-14", [
  {
    ...pool("inference"),
    what: "models on machines that AWS takes back",
    change: capacity(["spot"]),
    says: "platform-prod/inference: 'spec.template.spec.requirements' must be karpenter.sh/capacity-type without spot, got 'In spot'",
    unknown: "spec.template.spec.requirements.1.values",
  },
  {
    ...pool("inference"),
    environment: "staging",
    what: "models on machines that AWS may take back, in staging",
    change: capacity(["spot", "on-demand"]),
    says: "platform-staging/inference: 'spec.template.spec.requirements' must be karpenter.sh/capacity-type without spot, got 'In spot, on-demand'",
  },
  {
    ...pool("cpu"),
    what: "models without GPUs on machines of any kind",
    change: (inputs) => (inputs.spec.template.spec.requirements = [{ key: "kubernetes.io/arch", operator: "Exists" }]),
    says: "platform-prod/cpu: 'spec.template.spec.requirements' must be karpenter.sh/capacity-type without spot, got 'any kind'",
  },
]);

describe("GPU-14", () => {
  const machines = (name: string, requirement: object) =>
    of(POOL, name, {
      metadata: { name },
      spec: {
        template: {
          metadata: { labels: { pool: name } },
          spec: { requirements: [{ key: "karpenter.sh/capacity-type", ...requirement }] },
        },
        limits: { "nvidia.com/gpu": 8 },
      },
    });
  const flavor = of("kubernetes:kueue.x-k8s.io/v1beta1:ResourceFlavor", "f", { spec: { nodeLabels: { pool: "jobs" } } });
  const spot = { operator: "In", values: ["spot"] };

  it("lets jobs of a queue run on spot, and leaves programs without queues alone", () => {
    expect(found("GPU-14", [machines("jobs", spot), flavor])).toEqual([]);
    expect(found("GPU-14", [machines("models", spot)])).toEqual([]);
  });

  it("takes a pool of GPUs behind no queue for one that serves", () => {
    expect(found("GPU-14", [machines("models", spot), flavor])).toHaveLength(1);
    expect(found("GPU-14", [machines("models", { operator: "Exists" }), flavor])).toHaveLength(1);
    expect(found("GPU-14", [machines("models", { operator: "NotIn", values: ["on-demand"] }), flavor])).toHaveLength(1);
    expect(found("GPU-14", [machines("models", { operator: "NotIn", values: ["spot"] }), flavor])).toEqual([]);
    expect(found("GPU-14", [machines("models", { operator: "In", values: ["on-demand"] }), flavor])).toEqual([]);
  });
});
