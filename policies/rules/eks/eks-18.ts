import { ofEach, together, unless } from "../../findings.ts";
import { at, flag, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

const STORAGE_CLASSES = ["v1", "v1beta1"].map((version) => `kubernetes:storage.k8s.io/${version}:StorageClass`);

/** The driver of EBS, its predecessor inside of Kubernetes, and that of EKS Auto Mode. */
const DISKS = ["ebs.csi.aws.com", "kubernetes.io/aws-ebs", "ebs.csi.eks.amazonaws.com"];

const BY_DEFAULT = "aws:ebs/encryptionByDefault:EncryptionByDefault";

export const EKS_18 = stackRule({
  id: "EKS-18",
  title: "Volumes of pods are encrypted, and made in the zone of their pod",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP EC2.3", "FSBP EC2.7"],
  remediation:
    'Set `parameters: { encrypted: "true" }` and `volumeBindingMode: "WaitForFirstConsumer"` of the StorageClass: a disk cannot leave its zone.',
  types: [...STORAGE_CLASSES, BY_DEFAULT],
  relate: (resources) => {
    const isByDefault = (): boolean =>
      resources.some(({ type, inputs }) => type === BY_DEFAULT && flag(inputs, "enabled") !== false);
    return ofEach(
      resources.filter(({ type, inputs }) => STORAGE_CLASSES.includes(type) && DISKS.includes(text(inputs, "provisioner") ?? "")),
      (each) =>
        together(
          () => inTheClear(each, isByDefault),
          () => anywhere(each),
        ),
    );
  },
});

function inTheClear(resource: Resource, isByDefault: () => boolean) {
  const given = at(resource.inputs, "parameters", "encrypted");
  return unless(given === undefined ? isByDefault() : flag(given) === true, {
    resource,
    property: "parameters.encrypted",
    got: shown(given),
    want: "true",
  });
}

function anywhere(resource: Resource) {
  const got = text(resource.inputs, "volumeBindingMode") ?? "Immediate";
  return unless(got === "WaitForFirstConsumer", {
    resource,
    property: "volumeBindingMode",
    got,
    want: "WaitForFirstConsumer",
  });
}
