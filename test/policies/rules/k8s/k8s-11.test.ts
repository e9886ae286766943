import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const MODEL = { layer: "workloads", resource: "fraud-reach" } as const;
const TRACKING = { layer: "platform", resource: "tracking-traffic" } as const;
const wide = (...ports: object[]) => ({ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports });

describeRule("K8S-11", [
  {
    ...TRACKING,
    what: "callers of every namespace",
    change: ({ spec }) => spec.ingress[0].from.push({ namespaceSelector: {} }),
    says: "platform-prod/tracking-traffic: 'spec.ingress[0].from[3]' must be named callers, got 'every namespace'",
    unknown: "spec.ingress.0.from",
  },
  {
    ...TRACKING,
    what: "callers of half of the internet",
    change: ({ spec }) => spec.ingress[0].from.push({ ipBlock: { cidr: "0.0.0.0/1" } }),
    says: "platform-prod/tracking-traffic: 'spec.ingress[0].from[3]' must be named callers, got '0.0.0.0/1'",
  },
  {
    ...TRACKING,
    what: "everybody as a caller",
    change: ({ spec }) => (spec.ingress[0].from = []),
    says: "platform-prod/tracking-traffic: 'spec.ingress[0].from' must be named callers, got 'everybody'",
  },
  {
    ...MODEL,
    what: "calls to every port of the internet",
    change: ({ spec }) => (spec.egress[2] = { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.169.254/32"] } }] }),
    says: "workloads-prod/fraud-reach: 'spec.egress[2].ports' must be named ports, as the rule is about the internet, got 'every port'",
    unknown: "spec.egress.2.ports",
  },
  {
    ...MODEL,
    what: "calls to a range of ports",
    change: ({ spec }) => (spec.egress[2] = wide({ port: 443, endPort: 65535 })),
    says: "workloads-prod/fraud-reach: 'spec.egress[2].ports' must be named ports, as the rule is about the internet, got '443 to 65535'",
  },
  {
    ...MODEL,
    what: "calls to the metadata service",
    change: ({ spec }) => spec.egress.push({ to: [{ ipBlock: { cidr: "169.254.169.254/32" } }], ports: [{ port: 80 }] }),
    says: "workloads-prod/fraud-reach: 'spec.egress[3].to[0].ipBlock' must be without 169.254.169.254/32, where a node's role is to be had, got '169.254.169.254/32'",
  },
  {
    ...MODEL,
    what: "rules of a direction that the policy does not name",
    change: ({ spec }) => (spec.policyTypes = ["Ingress"]),
    says: "workloads-prod/fraud-reach: 'spec.policyTypes' must be a list with Egress, as the policy has such rules, got 'Ingress'",
    unknown: "spec.policyTypes",
  },
  {
    ...MODEL,
    what: "a policy of pods that do not exist",
    change: ({ spec }) => (spec.podSelector.matchLabels.app = "other"),
    says: "workloads-prod/fraud-reach: 'spec.podSelector.matchLabels' must be labels of pods in the namespace 'models-risk', got 'app=other'",
  },
]);

describe("K8S-11, what policies allow", () => {
  const allowed = (spec: object, ...others: ReturnType<typeof of>[]): string[] =>
    found("K8S-11", [
      of("kubernetes:networking.k8s.io/v1:NetworkPolicy", "allow", {
        metadata: { name: "p", namespace: "team" },
        spec: { policyTypes: ["Ingress", "Egress"], ...spec },
      }),
      ...others,
    ]);
  const web = [{ port: 443, protocol: "TCP" }];
  const to = (cidr: string, ports: object[] = web, except: string[] = []) => ({
    egress: [{ to: [{ ipBlock: { cidr, except } }], ports }],
  });
  const from = (peer: object) => ({ ingress: [{ from: [peer] }] });

  it.each([
    ["every way out", { egress: [{}] }],
    ["every port of the internet", to("0.0.0.0/0", [], ["169.254.169.254/32"])],
    ["half of the internet", to("128.0.0.0/1", [], ["169.254.169.254/32"])],
    ["a range of all ports", to("::/0", [{ port: 1, endPort: 65535 }], ["fd00:ec2::254/128"])],
    ["every port of a protocol", to("0.0.0.0/0", [{ protocol: "UDP" }], ["169.254.169.254/32"])],
    ["the identity of the node", to("169.254.169.254/32")],
    ["the identity of the node by IPv6", to("fd00:ec2::254/128")],
    ["what lies around the identity of the node", to("169.254.0.0/16", [])],
    ["the identity of the node in the internet of IPv6", to("::/0", [{ port: 80 }], ["169.254.169.254/32"])],
    ["the identity of the node in a range of ports", to("0.0.0.0/0", [{ port: 79, endPort: 81 }])],
    ["everybody in", { ingress: [{}] }],
    ["every namespace in", from({ namespaceSelector: {} })],
    [
      "every namespace but one in",
      from({
        namespaceSelector: { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["a"] }] },
      }),
    ],
    ["a quarter of the internet in", from({ ipBlock: { cidr: "64.0.0.0/2" } })],
  ])("refuses %s", (_, spec) => expect(allowed(spec)).toHaveLength(1));

  it.each([
    ["HTTPS to everybody", to("0.0.0.0/0")],
    ["a few ports in a row", to("0.0.0.0/0", [{ port: 8000, endPort: 8010 }])],
    ["HTTP to everybody but the identity of the node", to("0.0.0.0/0", [{ port: 80 }], ["169.254.169.254/32"])],
    ["a network of our own", to("10.30.0.0/16", [])],
    ["a namespace by its label", from({ namespaceSelector: { matchLabels: { team: "a" } } })],
    [
      "pods by their label",
      from({ namespaceSelector: {}, podSelector: { matchExpressions: [{ key: "app", operator: "In", values: ["a"] }] } }),
    ],
    ["pods of the namespace", { ...from({ podSelector: {} }), egress: [{ to: [{ podSelector: {} }] }] }],
  ])("accepts %s", (_, spec) => expect(allowed(spec)).toEqual([]));

  it("leaves the callers of model servers to MESH-02", () => {
    const served = of("kubernetes:core/v1:Namespace", "n", {
      metadata: { name: "team", labels: { "millrace.dev/serves": "team" } },
    });
    expect(allowed(from({ namespaceSelector: {} }), served)).toEqual([]);
  });
});
