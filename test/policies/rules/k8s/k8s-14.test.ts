import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const SPEC = "platform-prod/tracking-server: 'spec.template.spec";

describeRule("K8S-14", [
  {
    layer: "platform",
    resource: "tracking-server",
    type: "kubernetes:apps/v1:Deployment",
    what: "a container that writes to its image",
    change: ({ spec }) => (spec.template.spec.containers[1].securityContext.readOnlyRootFilesystem = "false"),
    says: `${SPEC}.containers[1].securityContext.readOnlyRootFilesystem' must be true, got 'false'`,
    unknown: "spec.template.spec.containers.1.securityContext.readOnlyRootFilesystem",
  },
  {
    layer: "platform",
    resource: "tracking-server",
    type: "kubernetes:apps/v1:Deployment",
    what: "processes that see each other",
    change: ({ spec }) => (spec.template.spec.shareProcessNamespace = true),
    says: `${SPEC}.shareProcessNamespace' must be left out: each container sees its own processes, got 'true'`,
    unknown: "spec.template.spec.shareProcessNamespace",
  },
  {
    layer: "platform",
    resource: "tracking-server",
    type: "kubernetes:apps/v1:Deployment",
    what: "names from the internet",
    change: ({ spec }) => (spec.template.spec.dnsConfig = { nameservers: ["10.0.0.2", "2001:4860:4860::8888"] }),
    says: `${SPEC}.dnsConfig.nameservers[1]' must be left out, or an address of your own networks, got '2001:4860:4860::8888'`,
    unknown: "spec.template.spec.dnsConfig.nameservers",
  },
  {
    layer: "platform",
    resource: "tracking-server",
    type: "kubernetes:apps/v1:Deployment",
    what: "a name with an address of its own",
    change: ({ spec }) => (spec.template.spec.hostAliases = [{ ip: "10.30.0.66", hostnames: ["s3.amazonaws.com"] }]),
    says: `${SPEC}.hostAliases[0].ip' must be left out: name servers tell which address a name has, got '10.30.0.66'`,
    unknown: "spec.template.spec.hostAliases",
  },
]);

describe("K8S-14", () => {
  const sealed = { securityContext: { readOnlyRootFilesystem: true } };
  const pod = (type: string, spec: object) =>
    found("K8S-14", of(`kubernetes:${type}`, "w", { spec: { template: { spec: { containers: [sealed], ...spec } } } }));

  it("accepts what says again what is so anyway, and name servers of own networks", () => {
    const dnsConfig = { nameservers: ["169.254.20.10", "fd00:ec2::253"], options: [{ name: "ndots", value: "2" }] };
    expect(pod("apps/v1:DaemonSet", { shareProcessNamespace: false, dnsPolicy: "None", dnsConfig })).toEqual([]);
    expect(pod("batch/v1:Job", { containers: [{ securityContext: { readOnlyRootFilesystem: "true" } }] })).toEqual([]);
  });

  it("looks at what runs before a container too", () => {
    expect(pod("apps/v1:StatefulSet", { initContainers: [{ securityContext: {} }] })).toEqual([
      "spec.template.spec.initContainers[0].securityContext.readOnlyRootFilesystem: nothing",
    ]);
  });

  it("asks of a patch only what it changes", () => {
    expect(pod("apps/v1:DeploymentPatch", { containers: [{ name: "a", image: "b" }] })).toEqual([]);
    const open = { securityContext: { readOnlyRootFilesystem: false } };
    expect(pod("apps/v1:DeploymentPatch", { containers: [open] })).toHaveLength(1);
  });
});
