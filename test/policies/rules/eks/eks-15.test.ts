import { expect, it } from "vitest";
import { ADDONS } from "#components/versions";
import { describeRule, found, of } from "../../harness.ts";

const ADDON = "aws:eks/addon:Addon";
const dns = { layer: "platform", resource: "addons-after-nodes-coredns" } as const;
const at = "platform-prod/addons-after-nodes-coredns: 'addonVersion' must be";

describeRule("EKS-15", [
  {
    ...dns,
    what: "a version that EKS chooses",
    change: (inputs) => delete inputs.addonVersion,
    says: `${at} a version such as v1.14.3-eksbuild.23: EKS takes another one each time, got 'nothing'`,
    unknown: "addonVersion",
  },
  {
    ...dns,
    what: "a line of another Kubernetes",
    change: (inputs) => (inputs.addonVersion = "v1.9.3-eksbuild.2"),
    says: `${at} 1.12 or newer, got 'v1.9.3-eksbuild.2'`,
    unknown: "addonName",
  },
]);

it.each(Object.entries(ADDONS))("EKS-15 accepts %s %s", (addonName, addonVersion) => {
  expect(found("EKS-15", of(ADDON, "a", { addonName, addonVersion }))).toEqual([]);
});

it.each([
  ["coredns", "latest", 1],
  ["coredns", "v1.12.0", 0],
  ["vpc-cni", "v1.10.4-eksbuild.3", 1],
  ["vpc-cni", "v2.0.0-eksbuild.1", 0],
  ["adot", "v0.1.0-eksbuild.1", 0],
  ["constructor", "v0.1.0", 0],
])("EKS-15 reads %s %s", (addonName, addonVersion, count) => {
  expect(found("EKS-15", of(ADDON, "a", { addonName, addonVersion }))).toHaveLength(count);
});
