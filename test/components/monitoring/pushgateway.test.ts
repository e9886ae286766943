import type * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { Pushgateway, type PushgatewayArgs } from "#components/monitoring/pushgateway";
import { record, refusal } from "../../harness/graph.ts";
import { named } from "../named.ts";

const gateway = (args: Partial<PushgatewayArgs> = {}, preview = false) =>
  record(() => new Pushgateway("push", { namespace: "monitoring", ...args }), { preview });
const server = async (args?: Partial<PushgatewayArgs>) =>
  (await gateway(args)).find(({ name }) => name === "push-server")?.inputs;

describe("Pushgateway", () => {
  it("keeps what was pushed, and the labels of who pushed it", async () => {
    expect((await gateway()).filter(({ parent }) => parent === "push").map(({ type, name }) => [type, name])).toEqual([
      ["kubernetes:networking.k8s.io/v1:NetworkPolicy", "push-traffic"],
      ["kubernetes:helm.sh/v3:Release", "push-server"],
    ]);
    expect(await server()).toMatchObject({
      name: "prometheus-pushgateway",
      namespace: "monitoring",
      values: {
        fullnameOverride: "prometheus-pushgateway",
        extraArgs: ["--persistence.file=/data/pushgateway.data", "--persistence.interval=1m"],
        persistentVolume: { enabled: true, size: "2Gi", storageClass: "gp3" },
        serviceMonitor: {
          enabled: true,
          namespace: "monitoring",
          honorLabels: true,
          relabelings: [{ action: "labeldrop", regex: "pod" }],
        },
      },
    });
  });

  it("is called by jobs of teams and by Prometheus, and calls nobody", async () => {
    expect(named(await gateway(), "push-traffic").inputs["spec"]).toEqual({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "prometheus-pushgateway" } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          from: [
            { namespaceSelector: { matchExpressions: [{ key: "millrace.dev/team", operator: "Exists" }] } },
            { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } },
          ],
          ports: [{ protocol: "TCP", port: 9_091 }],
        },
      ],
    });
  });

  it("takes every argument", async () => {
    expect((await server({ storageGiB: 8, storageClass: "fast" }))?.["values"].persistentVolume).toEqual({
      enabled: true,
      size: "8Gi",
      storageClass: "fast",
    });
  });

  it("says where it answers", async () => {
    let url: pulumi.Output<string> | undefined;
    await record(() => {
      url = new Pushgateway("push", { namespace: "observability" }).url;
    });
    expect(await new Promise((resolve) => url?.apply(resolve))).toBe(
      "http://prometheus-pushgateway.observability.svc.cluster.local:9091",
    );
  });

  it("registers the same resources in preview and up", async () => {
    const names = async (preview: boolean) => (await gateway({}, preview)).map(({ type, name }) => `${type} ${name}`).sort();
    expect(await names(true)).toEqual(await names(false));
  });

  it("refuses a volume without room", async () => {
    expect(await refusal(() => new Pushgateway("push", { namespace: "monitoring", storageGiB: 0 }))).toBe(
      "'storageGiB' must be a whole number of at least 1, got '0'",
    );
  });
});
