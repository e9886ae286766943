import { expect, it } from "vitest";
import type { Resource } from "#policies/resource";
import { found, of, ruleOf } from "./harness.ts";

/** What a rule finds in a program whose author gave the pack no config. */
const inOthers = (id: string, ...resources: Resource[]): string[] =>
  resources.flatMap((each) => found(id, "check" in ruleOf(id) ? each : [each], ruleOf(id).elsewhere));

const pod = { metadata: { namespace: "web" }, spec: { containers: [{ name: "web", image: "nginx:1.29" }] } };
const model = {
  spec: { template: { spec: { containers: [{ name: "a", env: [{ name: "MODEL_URI", value: "models:/a/1" }] }] } } },
};
const queue = { spec: { resourceGroups: [{ flavors: [{ name: "spot", resources: [] }] }], namespaceSelector: {} } };

it.each([
  ["a budget of a network", "COST-01", of("aws:ec2/vpc:Vpc", "vpc", {})],
  ["a region, where nobody knows it", "RES-01", of("aws:ec2/subnet:Subnet", "subnet", { availabilityZoneId: "usw2-az1" })],
  ["a registry", "IMG-02", of("kubernetes:core/v1:Pod", "web", pod)],
  ["a lock of a bucket with a common name", "S3-09", of("aws:s3/bucket:Bucket", "release-notes", {})],
  ["a digest by the name of Millrace's variable", "CAN-11", of("kubernetes:apps/v1:Deployment", "model", model)],
  [
    "two replicas that it did not write",
    "CTL-01",
    of("kubernetes:helm.sh/v3:Release", "cert-manager", { chart: "cert-manager" }),
  ],
  ["a trail for a bucket with a common name", "AUD-01", of("aws:s3/bucket:Bucket", "app-state", {})],
])("a program of others is not asked for %s", (_, id, resource) => {
  expect(inOthers(id, resource)).toEqual([]);
});

it("a queue of others may hand out flavors that another stack makes", () => {
  const queues = of("kubernetes:kueue.x-k8s.io/v1beta1:ClusterQueue", "queue", queue);
  expect(inOthers("GPU-11", queues).filter((each) => each.startsWith("spec.resourceGroups"))).toEqual([]);
});
