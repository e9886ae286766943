import { describe, expect, it } from "vitest";

import { findingsOf } from "#policies/judge";
import { readable } from "#policies/resource";
import { describeRule, found, of, resource, ruleOf } from "../../harness.ts";
import { POD } from "./samples.ts";

describeRule("K8S-06", [
  {
    what: "a token that nobody asked for",
    layer: "workloads",
    resource: "fraud-rollout",
    change: ({ spec }) => delete spec.template.spec.automountServiceAccountToken,
    says: `workloads-prod/fraud-rollout: '${POD}.automountServiceAccountToken' must be false, unless the service account is listed in 'callers', got 'nothing'`,
    unknown: `${POD}.automountServiceAccountToken`,
  },
  {
    what: "a token for an account that is not listed",
    layer: "platform",
    resource: "tracking-server",
    change: ({ spec }) => (spec.template.spec.automountServiceAccountToken = true),
    says: `platform-prod/tracking-server: '${POD}.automountServiceAccountToken' must be false, unless the service account is listed in 'callers', got 'true'`,
  },
  {
    what: "the account that everybody has",
    layer: "platform",
    resource: "tracking-migration",
    change: ({ spec }) => delete spec.template.spec.serviceAccountName,
    says: `platform-prod/tracking-migration: '${POD}.serviceAccountName' must be a service account of its own, got 'default'`,
    unknown: `${POD}.serviceAccountName`,
  },
  {
    what: "the namespace that everybody has",
    layer: "platform",
    resource: "tracking-server",
    change: ({ metadata }) => delete metadata.namespace,
    says: "platform-prod/tracking-server: 'metadata.namespace' must be a namespace of its own, got 'default'",
    unknown: "metadata.namespace",
  },
]);

describe("K8S-06", () => {
  const found = (id: string, inputs: object, parameters: object = {}, provider: object = {}) =>
    findingsOf(
      ruleOf(id),
      resource("d", inputs, { type: "kubernetes:apps/v1:Deployment", provider: readable(provider) }),
      parameters,
    );

  const withPod = (spec: object, metadata: object = { namespace: "n" }) => ({ metadata, spec: { template: { spec } } });

  it("lets those call Kubernetes who are listed with their namespace", () => {
    const caller = withPod({ serviceAccountName: "robot", automountServiceAccountToken: true, containers: [] });
    expect(found("K8S-06", caller, { callers: ["n/robot"] })).toEqual([]);
    expect(found("K8S-06", caller, { callers: ["other/robot"] })).toHaveLength(1);
  });

  it("takes a provider's namespace for that of an object that names none", () => {
    const own = withPod({ serviceAccountName: "a", automountServiceAccountToken: false, containers: [] }, {});
    expect(found("K8S-06", own, { callers: [] }, { namespace: "n" })).toEqual([]);
  });
});

describe("K8S-06, tokens by other ways", () => {
  const pod = (serviceAccountToken: object): string[] =>
    found(
      "K8S-06",
      of("kubernetes:core/v1:Pod", "p", {
        metadata: { namespace: "n" },
        spec: {
          serviceAccountName: "own",
          automountServiceAccountToken: false,
          volumes: [{ projected: { sources: [{ serviceAccountToken }] } }],
        },
      }),
    );

  it("refuses a mounted token that the API server takes, and accepts one for another audience", () => {
    for (const audience of [undefined, "", "https://kubernetes.default.svc", "https://kubernetes.default.svc.cluster.local"]) {
      expect(pod({ path: "token", audience })).toHaveLength(1);
    }
    expect(pod({ path: "token", audience: "pods.eks.amazonaws.com" })).toEqual([]);
    expect(pod({ path: "token", audience: "vault" })).toEqual([]);
  });

  it("refuses accounts that give all their pods a token, and tokens that never end", () => {
    const account = (inputs: object) => found("K8S-06", of("kubernetes:core/v1:ServiceAccount", "a", inputs));
    expect(account({ automountServiceAccountToken: "true" })).toHaveLength(1);
    expect(account({})).toEqual([]);
    const secret = (type: string) => found("K8S-06", of("kubernetes:core/v1:Secret", "s", { type }));
    expect(secret("kubernetes.io/service-account-token")).toHaveLength(1);
    expect(secret("Opaque")).toEqual([]);
  });
});
