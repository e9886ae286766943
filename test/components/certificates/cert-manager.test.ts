import { describe, expect, it } from "vitest";
import { CertManager, type CertManagerArgs } from "#components/certificates/cert-manager";
import { record, refusal } from "../../harness/graph.ts";

const manager = (args?: CertManagerArgs) => record(() => new CertManager("certificates", args));
const values = async (args?: CertManagerArgs) =>
  (await manager(args)).find(({ name }) => name === "certificates-controller")?.inputs["values"];

describe("CertManager", () => {
  it("is a namespace and the controller", async () => {
    const children = (await manager()).filter(({ parent }) => parent === "certificates");
    expect(children.map(({ type, name }) => [type, name])).toEqual([
      ["kubernetes:core/v1:Namespace", "certificates-namespace"],
      ["kubernetes:helm.sh/v3:Release", "certificates-controller"],
    ]);
    expect(children[1]?.inputs).toMatchObject({
      name: "cert-manager",
      namespace: "cert-manager",
      version: expect.stringMatching(/^v\d/),
    });
  });

  it("keeps its CRDs, runs two replicas, and is ready when its API answers", async () => {
    const replicated = { replicaCount: 2, podDisruptionBudget: { enabled: true, maxUnavailable: 1 } };
    expect(await values()).toMatchObject({
      ...replicated,
      crds: { enabled: true, keep: true },
      global: { leaderElection: { namespace: "cert-manager" } },
      webhook: replicated,
      cainjector: replicated,
      startupapicheck: { enabled: true },
    });
  });

  it("has no disruption budgets for one replica", async () => {
    const single = { replicaCount: 1, podDisruptionBudget: { enabled: false } };
    expect(await values({ replicas: 1 })).toMatchObject({ ...single, webhook: single, cainjector: single });
  });

  it("is scraped where monitors are known", async () => {
    const monitor = async (args?: CertManagerArgs) => (await values(args)).prometheus.servicemonitor;
    expect(await monitor()).toEqual({ enabled: false, labels: {} });
    expect(await monitor({ monitorLabels: { release: "p" } })).toEqual({ enabled: true, labels: { release: "p" } });
  });

  it("refuses a fraction of a replica", async () => {
    expect(await refusal(() => new CertManager("certificates", { replicas: 0.5 }))).toBe(
      "'replicas' must be a whole number of at least 1, got '0.5'",
    );
  });
});
