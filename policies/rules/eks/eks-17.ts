import { ADDON, CLUSTER, NODE_GROUP, POD_IDENTITY } from "../../aws/types.ts";
import { type Finding, ofEach, unless } from "../../findings.ts";
import { chartOf, isChart } from "../../kubernetes/charts.ts";
import { SCALERS } from "../../kubernetes/scalers.ts";
import { bags, flag, isSet, list, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

const STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";

/** What does nothing without an add-on, by the name of the add-on. */
const RELIES: readonly (readonly [addon: string, relies: (resource: Resource) => boolean])[] = [
  [
    "eks-pod-identity-agent",
    ({ type, inputs }) => type === POD_IDENTITY || (type === ADDON && list(inputs, "podIdentityAssociations").length > 0),
  ],
  ["metrics-server", (resource) => SCALERS.includes(resource.type) && readsUse(resource)],
  ["aws-ebs-csi-driver", ({ type, inputs }) => type === STORAGE_CLASS && text(inputs, "provisioner") === "ebs.csi.aws.com"],
  [
    "eks-node-monitoring-agent",
    ({ type, inputs }) => type === NODE_GROUP && flag(inputs, "nodeRepairConfig", "enabled") === true,
  ],
  ...["coredns", "kube-proxy", "vpc-cni"].map(
    (addon) =>
      [addon, ({ type, inputs }: Resource) => type === CLUSTER && flag(inputs, "bootstrapSelfManagedAddons") === false] as const,
  ),
];

export const EKS_17 = stackRule({
  id: "EKS-17",
  title: "A cluster has the add-ons on which its objects rely",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 A1.2"],
  remediation: "Make an `aws.eks.Addon` with the named `addonName`: without it the object is there and does nothing.",
  types: [CLUSTER, ADDON, POD_IDENTITY, NODE_GROUP, STORAGE_CLASS, ...SCALERS],
  relate: (resources) => {
    const addons = resources.filter(({ type }) => type === ADDON);
    // Whoever keeps no add-on beside the cluster has them in another program.
    return addons.length === 0
      ? []
      : ofEach(
          resources.filter(({ type }) => type === CLUSTER),
          (cluster) => (isAutomatic(cluster) ? [] : lacking(cluster, resources)),
        );
  },
});

/** EKS Auto Mode runs what it needs itself. */
const isAutomatic = ({ inputs }: Resource): boolean => flag(inputs, "computeConfig", "enabled") === true;

const lacking = (cluster: Resource, resources: readonly Resource[]): readonly Finding[] =>
  RELIES.flatMap(([addon, relies]) => {
    const user = resources.some((each) => installs(each, addon)) ? undefined : resources.find(relies);
    return unless(user === undefined, {
      resource: cluster,
      property: `the add-on ${addon}`,
      got: "nothing",
      want: `in the cluster, as '${user?.name ?? ""}' relies on it`,
    });
  });

/** The add-on itself, or a chart of the same program. */
const installs = (each: Resource, addon: string): boolean =>
  each.type === ADDON
    ? text(each.inputs, "addonName") === addon
    : isChart(each) && (each.name.includes(addon) || chartOf(each).endsWith(addon));

/** CPU and memory come from metrics-server, other values from adapters. The first version of the API knows nothing else than CPU. */
const readsUse = ({ inputs }: Resource): boolean =>
  isSet(inputs, "spec", "targetCPUUtilizationPercentage") ||
  bags(inputs, "spec", "metrics").some((each) => ["Resource", "ContainerResource"].includes(text(each, "type") ?? "")) ||
  bags(inputs, "spec", "triggers").some((each) => ["cpu", "memory"].includes(text(each, "type") ?? ""));
