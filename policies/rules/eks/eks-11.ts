import { LAUNCH_TEMPLATE } from "../../aws/types.ts";
import { type Fault, unless } from "../../findings.ts";
import { NODE_CLASS } from "../../kubernetes/types.ts";
import { type Bag, bag, bags, flag, isSet, shown } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

export const EKS_11 = rule({
  id: "EKS-11",
  title: "Volumes of nodes are encrypted with a customer managed key",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP EC2.3", "FSBP EC2.7"],
  remediation:
    "List the root volume and every other volume in `blockDeviceMappings`, each with `encrypted` and `kmsKeyId` (`kmsKeyID` for Karpenter).",
  peers: ["pulumi compliance-policies", "AWS-0131", "CKV_AWS_3", "CKV_AWS_189"],
  types: [LAUNCH_TEMPLATE, NODE_CLASS],
  check: ({ type, inputs }) =>
    type === NODE_CLASS
      ? volumeFaults(bags(inputs, "spec", "blockDeviceMappings"), "spec.blockDeviceMappings", "kmsKeyID")
      : volumeFaults(bags(inputs, "blockDeviceMappings"), "blockDeviceMappings", "kmsKeyId"),
});

function volumeFaults(mappings: readonly Bag[], path: string, key: string): Fault[] {
  // Without a mapping the volume comes from the image, and the account's settings decide about its encryption.
  if (mappings.length === 0) {
    return [{ property: path, got: "nothing", want: "a list with the root volume, encrypted with a key of your own" }];
  }
  // A mapping without `ebs` is a disk of the host, which the host encrypts itself.
  return mappings.flatMap((mapping, index) =>
    isSet(mapping, "ebs") ? volumeFault(bag(mapping, "ebs"), `${path}.${index}.ebs`, key) : [],
  );
}

function volumeFault(ebs: Bag, path: string, key: string): Fault[] {
  if (!isSet(ebs, key)) {
    return [{ property: `${path}.${key}`, got: "nothing", want: "a key of your own" }];
  }
  return unless(flag(ebs, "encrypted") === true, {
    property: `${path}.encrypted`,
    got: shown(ebs["encrypted"]),
    want: "true",
  });
}
