import { describe, expect, it } from "vitest";
import { controllers } from "#rehearsal/phases/cluster";
import { foundation, platform, previewAgain, workloads } from "#rehearsal/phases/layers";
import { fakeContext } from "../fake-context.ts";

const made = (type: string, op: "create" | "same" = "create") => ({ type, op, name: "a" });

describe("the layers", () => {
  it("give later phases the names of the data plane and the address of the model", async () => {
    const { context, asked } = fakeContext({ environment: "staging" });
    await foundation.run(context);
    const { dataPlane } = await platform.run(context);
    await controllers.run({ ...context, dataPlane });
    const { served } = await workloads.run(context);
    const services = ["database db.internal", "store artifacts"];
    expect(asked).toEqual(["up foundation-staging", ...services, "up platform-staging", "controllers", "up workloads-staging"]);
    expect(dataPlane).toEqual({
      gateway: { namespace: "istio-ingress", labels: { istio: "ingress" } },
      prometheusUrl: new URL("http://prometheus.monitoring.svc:9090"),
    });
    expect(served).toEqual({
      model: "fraud",
      version: "3",
      host: "fraud.models.internal",
      namespace: "models-risk",
      path: "/invocations",
      bodies: ['{"inputs":[1]}'],
    });
  });

  it("count what providers created: no component, no stack, nothing that was there before", async () => {
    const { context } = fakeContext({
      resources: () => [
        made("pulumi:pulumi:Stack"),
        made("pulumi:providers:aws"),
        made("millrace:keys:EncryptionKey"),
        made("aws:kms/key:Key"),
        made("aws:kms/alias:Alias"),
        made("random:index/randomId:RandomId"),
        made("aws:s3/bucket:Bucket", "same"),
      ],
    });
    expect(await foundation.run(context)).toEqual({ detail: "3 created: aws 2, random 1" });
    expect(context.outcome.layers).toEqual([{ layer: "foundation", created: 3, seconds: 7, byProvider: { aws: 2, random: 1 } }]);
  });
});

describe("the second preview", () => {
  it("looks at every layer, and counts what the policy pack advises", async () => {
    const { context, asked } = fakeContext({
      findings: () => [{ policy: "DB-04", level: "advisory", urn: "", message: "" }],
    });
    expect(await previewAgain.run(context)).toEqual({ detail: "0 changes in 3 layers · policies: 0 mandatory, 3 advisory" });
    expect(asked).toEqual(["preview foundation-dev", "preview platform-dev", "preview workloads-dev"]);
    expect(context.outcome.changesOnSecondPreview).toBe(0);
  });

  it.each([{ create: 1 }, { update: 1 }, { delete: 1 }, { replace: 1 }])("fails when each layer wants %j", async (changes) => {
    const { context } = fakeContext({ changes });
    await expect(previewAgain.run(context)).rejects.toThrow(
      new Error("the second preview must change nothing, it wants 3 changes: see the logs of the previews"),
    );
    expect(context.outcome.changesOnSecondPreview).toBe(3);
  });
});
