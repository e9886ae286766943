import { describe, expect, it } from "vitest";
import { bringUpLayers, previewAgain } from "#rehearsal/phases/layers";
import { fakeStage } from "../fake-stage.ts";

const made = (type: string, op: "create" | "same" = "create") => ({ type, op, name: "a" });

describe("the layers", () => {
  it("come up one on the other, the controllers before the one that they serve", async () => {
    const { stage, asked, hosts } = fakeStage({ environment: "staging" });
    await bringUpLayers(stage);
    expect(asked).toEqual(["up foundation-staging", "up platform-staging", "controllers", "up workloads-staging"]);
    expect(hosts).toEqual({ "prometheus.monitoring.svc": "10.66.0.5" });
    expect(stage.served).toMatchObject({ host: "fraud.models.internal", namespace: "models-risk" });
  });

  it("are counted by the providers that made them: no component, no stack, nothing that was there", async () => {
    const { stage, details } = fakeStage({
      resources: (stack) =>
        stack === "foundation-dev"
          ? [
              made("pulumi:pulumi:Stack"),
              made("pulumi:providers:aws"),
              made("millrace:keys:EncryptionKey"),
              made("aws:kms/key:Key"),
              made("aws:kms/alias:Alias"),
              made("random:index/randomId:RandomId"),
              made("aws:s3/bucket:Bucket", "same"),
            ]
          : [],
    });
    await bringUpLayers(stage);
    expect(stage.outcome.layers).toEqual([
      { layer: "foundation", created: 3, seconds: 7, byProvider: { aws: 2, random: 1 } },
      { layer: "platform", created: 0, seconds: 7, byProvider: {} },
      { layer: "workloads", created: 0, seconds: 7, byProvider: {} },
    ]);
    expect(details()["foundation"]).toBe("3 created: aws 2, random 1");
  });
});

describe("the second preview", () => {
  it("looks at every layer", async () => {
    const { stage, asked, details } = fakeStage();
    await previewAgain(stage);
    expect(asked).toEqual(["preview foundation-dev", "preview platform-dev", "preview workloads-dev"]);
    expect(details()).toEqual({ "preview again": "0 changes in 3 layers · policies: 0 mandatory, 0 advisory" });
    expect(stage.outcome.changesOnSecondPreview).toBe(0);
  });

  it("counts what the policy pack advises", async () => {
    const { stage, details } = fakeStage({ findings: [{ policy: "DB-04", level: "advisory", urn: "", message: "" }] });
    await previewAgain(stage);
    expect(details()["preview again"]).toBe("0 changes in 3 layers · policies: 0 mandatory, 3 advisory");
  });

  it.each([{ create: 1 }, { update: 1 }, { delete: 1 }, { replace: 1 }])("fails on %j in each", async (changes) => {
    const { stage } = fakeStage({ changes });
    await expect(previewAgain(stage)).rejects.toThrow(
      new Error("the second preview must change nothing, it wants 3 changes: see the logs of the previews"),
    );
    expect(stage.outcome.changesOnSecondPreview).toBe(3);
  });
});
