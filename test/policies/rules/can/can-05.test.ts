import { describe, expect, it } from "vitest";
import { servingNames } from "#components/serving/names";
import { canary } from "#components/serving/strategies/canary";
import { describeRule, found } from "../../harness.ts";
import { made, release, rollout, template } from "./samples.ts";

describeRule("CAN-05", [
  {
    ...release,
    what: "old pods that are gone when somebody wants to go back",
    change: (inputs) => delete inputs.spec.strategy.canary.scaleDownDelaySeconds,
    says: "workloads-prod/fraud-rollout: 'spec.strategy.canary.scaleDownDelaySeconds' must be from 600 to 3600, got '30'",
    unknown: "spec.strategy.canary.scaleDownDelaySeconds",
  },
  {
    ...release,
    what: "old pods that keep their GPUs for a day",
    change: (inputs) => (inputs.spec.strategy.canary.scaleDownDelaySeconds = 86_400),
    says: "workloads-prod/fraud-rollout: 'spec.strategy.canary.scaleDownDelaySeconds' must be from 600 to 3600, got '86400'",
  },
  {
    ...release,
    what: "pods of an aborted version that stay for ever",
    change: (inputs) => (inputs.spec.strategy.canary.abortScaleDownDelaySeconds = 0),
    says: "workloads-prod/fraud-rollout: 'spec.strategy.canary.abortScaleDownDelaySeconds' must be from 10 to 60, got '0'",
  },
]);

describe("CAN-05 of an old version that shrinks", () => {
  /** A canary whose old version shrinks, on servers with so many GPUs. */
  const shrinking = (changed: object = {}, gpus = 1) => {
    const steps = [5, 50, 100].map((setWeight) => ({ setWeight }));
    const resource = rollout({ dynamicStableScale: true, steps, ...changed });
    const resources = gpus > 0 ? { limits: { "nvidia.com/gpu": String(gpus) } } : { limits: { memory: "1Gi" } };
    Object.assign(resource.inputs["spec"] as object, { template: { spec: { containers: [{ name: "server", resources }] } } });
    return [resource];
  };
  const FIELD = "spec.strategy.canary";

  it("allows it to servers on GPUs", () => {
    expect(found("CAN-05", shrinking())).toEqual([]);
    expect(found("CAN-05", shrinking({}, 4))).toEqual([]);
  });

  it.each(["CAN-01", "CAN-02", "CAN-03", "CAN-04", "CAN-05", "CAN-08", "CAN-09", "CAN-10", "CAN-12", "MESH-04"])(
    "is what the component makes, and %s lets it pass",
    (id) => {
      const names = servingNames("m", "models");
      const { rollout: strategy, analysisTemplates } = canary.plan(
        { kind: "canary", scarceGpus: true },
        { names, version: "4", prometheusUrl: "http://p", loadSeconds: 300 },
      );
      const [resource] = shrinking(({ canary: {}, ...strategy } as { canary: object }).canary);
      const to = (host: string, weight: number) => ({ destination: { host }, weight });
      Object.assign(resource?.inputs["spec"] as object, { selector: { matchLabels: { app: "m" } } });
      const stack = [
        ...(resource ? [resource] : []),
        ...["m-stable", "m-canary"].map((name) => made("core/v1:Service", name, { selector: { app: "m" } })),
        made("networking.istio.io/v1:VirtualService", "m-split", {
          http: [{ name: "primary", route: [to("m-stable", 100), to("m-canary", 0)] }],
        }),
        ...Object.entries(analysisTemplates).map(([name, spec]) => template(name, spec)),
      ];
      expect(found(id, stack)).toEqual([]);
    },
  );

  it.each<[string, ReturnType<typeof shrinking>, string]>([
    ["servers without GPUs", shrinking({}, 0), `${FIELD}.dynamicStableScale: true`],
    [
      "an increase that needs the pods of two versions",
      shrinking({ steps: [{ setWeight: 5 }, { setWeight: 100 }] }),
      `${FIELD}.dynamicStableScale: true with an increase from 5 to 100`,
    ],
    [
      "all users at once, after the last step",
      shrinking({ steps: [{ setWeight: 5 }] }),
      `${FIELD}.dynamicStableScale: true with an increase from 5 to 100`,
    ],
    [
      "copies of requests",
      shrinking({
        steps: [
          { setMirrorRoute: { name: "mirror", match: [{ method: { exact: "POST" } }] } },
          { setWeight: 50 },
          { setWeight: 100 },
        ],
      }),
      `${FIELD}.dynamicStableScale: true`,
    ],
    ["a delay that Argo Rollouts refuses", shrinking({ scaleDownDelaySeconds: 600 }), `${FIELD}.scaleDownDelaySeconds: 600`],
    [
      "a version that keeps its GPUs after an abort",
      shrinking({ abortScaleDownDelaySeconds: 30 }),
      `${FIELD}.abortScaleDownDelaySeconds: 30`,
    ],
  ])("refuses it with %s", (_, resources, says) => {
    expect(found("CAN-05", resources)).toEqual([says]);
  });

  it("still wants delays where it does not shrink", () => {
    expect(found("CAN-05", shrinking({ dynamicStableScale: false }))).toEqual([`${FIELD}.scaleDownDelaySeconds: 30`]);
  });
});
