/**
 * Families of SageMaker's instance types with disks inside. The Nitro hardware encrypts them, and SageMaker refuses a key for them
 * (API reference, CreateEndpointConfig, `KmsKeyId`).
 */
const WITH_DISKS = new Set(
  (
    "m5d c5d r5d g4dn g5 g6 g6e g7 g7e p4d p4de p5 p5e p5en p6-b200 p6-b300 " +
    "m6gd c6gd r6gd r7gd p6e-gb200 trn1 trn1n trn2 dl1"
  ).split(" "),
);

/** Whether an instance type of SageMaker, such as `ml.g5.xlarge`, has disks that its hardware encrypts. */
export const hasDisks = (type: string): boolean => WITH_DISKS.has(type.split(".")[1] ?? "");
