import { ADDON } from "../../aws/types.ts";
import { type Fault, unless } from "../../findings.ts";
import { at, flag, number, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";
import { written } from "../../yaml.ts";

/** Where the values of an add-on say how many pods answer, by its name. What they leave out is two. */
const REPLICAS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "aws-ebs-csi-driver": [["controller", "replicaCount"]],
  "aws-efs-csi-driver": [["controller", "replicaCount"]],
  coredns: [["replicaCount"]],
  "metrics-server": [["replicas"]],
};

/** Of CoreDNS, which EKS scales itself where it is asked to. */
const SCALED = ["autoScaling", "minReplicas"] as const;

export const EKS_16 = rule({
  id: "EKS-16",
  title: "Add-ons without which nothing starts run twice",
  severity: "high",
  levels: levels("–/A/M"),
  frameworks: ["SOC2 A1.2"],
  remediation:
    "Set the number of replicas in `configurationValues` to two or more: each node that is replaced takes one of them along.",
  types: [ADDON],
  check: ({ inputs }): Fault[] => {
    const name = text(inputs, "addonName") ?? "";
    const paths = Object.hasOwn(REPLICAS, name) ? (REPLICAS[name] ?? []) : [];
    const values = paths.length === 0 ? undefined : written(text(inputs, "configurationValues") ?? "");
    const isScaled = name === "coredns" && flag(values, "autoScaling", "enabled") === true;
    return (isScaled ? [SCALED] : paths).flatMap((path) => {
      const got = at(values, ...path);
      return unless(got === undefined || (number(got) ?? 0) >= 2, {
        property: `configurationValues.${path.join(".")}`,
        got: text(got) ?? "nothing",
        want: "at least 2",
      });
    });
  },
});
