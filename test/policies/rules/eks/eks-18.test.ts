import { expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const STORAGE = { layer: "platform", resource: "gp3" } as const;
const CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";

describeRule("EKS-18", [
  {
    ...STORAGE,
    what: "volumes in the clear",
    change: ({ parameters }) => delete parameters.encrypted,
    says: "platform-prod/gp3: 'parameters.encrypted' must be true, got 'nothing'",
    unknown: "parameters.encrypted",
  },
  {
    ...STORAGE,
    what: "volumes in whichever zone",
    change: (inputs) => delete inputs.volumeBindingMode,
    says: "platform-prod/gp3: 'volumeBindingMode' must be WaitForFirstConsumer, got 'Immediate'",
    unknown: "volumeBindingMode",
  },
]);

const given = (provisioner: string, inputs: object) => of(CLASS, "c", { provisioner, ...inputs });

it("EKS-18 knows the predecessor, leaves other storage alone, and counts the default of the region", () => {
  const late = { volumeBindingMode: "WaitForFirstConsumer" };
  expect(found("EKS-18", [given("kubernetes.io/aws-ebs", {})])).toHaveLength(2);
  expect(found("EKS-18", [given("efs.csi.aws.com", {})])).toEqual([]);
  expect(found("EKS-18", [given("ebs.csi.aws.com", { ...late, parameters: { encrypted: true } })])).toEqual([]);
  const byDefault = of("aws:ebs/encryptionByDefault:EncryptionByDefault", "d", { enabled: true });
  expect(found("EKS-18", [given("ebs.csi.aws.com", late), byDefault])).toEqual([]);
  expect(found("EKS-18", [given("ebs.csi.aws.com", { ...late, parameters: { encrypted: "false" } }), byDefault])).toHaveLength(1);
});
