// What SageMaker hosts models on: ProductionVariantInstanceType of the API (botocore 1.44.8, read 2026-11-30). Sizes by family.

/** Families that run the image: x86-64, without accelerators or with NVIDIA's. */
const X86: Readonly<Record<string, string>> = {
  t2: "medium large xlarge 2xlarge",
  m4: "xlarge 2xlarge 4xlarge 10xlarge 16xlarge",
  m5: "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge",
  m5d: "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge",
  m6i: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge",
  m7i: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  c4: "large xlarge 2xlarge 4xlarge 8xlarge",
  c5: "large xlarge 2xlarge 4xlarge 9xlarge 18xlarge",
  c5d: "large xlarge 2xlarge 4xlarge 9xlarge 18xlarge",
  c6i: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge",
  c6in: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge",
  c7i: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  r5: "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge",
  r5d: "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge",
  r6i: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge",
  r7i: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  g4dn: "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  g5: "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  g6: "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  g6e: "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  g7: "2xlarge 4xlarge 8xlarge 12xlarge 24xlarge 48xlarge",
  g7e: "2xlarge 4xlarge 8xlarge 12xlarge 24xlarge 48xlarge",
  p2: "xlarge 8xlarge 16xlarge",
  p3: "2xlarge 8xlarge 16xlarge",
  p4d: "24xlarge",
  p4de: "24xlarge",
  p5: "4xlarge 48xlarge",
  p5e: "48xlarge",
  p5en: "48xlarge",
  "p6-b200": "48xlarge",
  "p6-b300": "48xlarge",
};

/** Families of other processors: arm64, or accelerators that need programs which the image lacks. */
const OTHERS: Readonly<Record<string, string>> = {
  m6g: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  m6gd: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  m8g: "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  c6g: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  c6gd: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  c6gn: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  c7g: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  c8g: "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  r6g: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  r6gd: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  r7gd: "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  r8g: "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  "p6e-gb200": "36xlarge",
  inf1: "xlarge 2xlarge 6xlarge 24xlarge",
  inf2: "xlarge 8xlarge 24xlarge 48xlarge",
  trn1: "2xlarge 32xlarge",
  trn1n: "32xlarge",
  trn2: "48xlarge",
  dl1: "24xlarge",
};

const named = (families: Readonly<Record<string, string>>): string[] =>
  Object.entries(families).flatMap(([family, sizes]) => sizes.split(" ").map((size) => `ml.${family}.${size}`));

/** Instance types that the default model server's image runs on. */
export const IMAGE_TYPES: readonly string[] = named(X86);

/** Every instance type that SageMaker takes. A region or an account may have fewer. */
export const HOSTING_TYPES: readonly string[] = [...IMAGE_TYPES, ...named(OTHERS)];

/** Families with disks inside: the Nitro hardware encrypts them, and SageMaker takes no key for them (CreateEndpointConfig, KmsKeyId). */
const WITH_DISKS = new Set(
  (
    "m5d c5d r5d g4dn g5 g6 g6e g7 g7e p4d p4de p5 p5e p5en p6-b200 p6-b300 " +
    "m6gd c6gd r6gd r7gd p6e-gb200 trn1 trn1n trn2 dl1"
  ).split(" "),
);

/** Whether an instance type has disks inside, for which SageMaker refuses a key of ours. */
export const hasDisks = (type: string): boolean => WITH_DISKS.has(type.split(".")[1] ?? "");
