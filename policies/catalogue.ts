import type { Rule } from "./rule.ts";
import { AUDIT } from "./rules/audit.ts";
import { CANARY } from "./rules/canary.ts";
import { COST } from "./rules/cost.ts";
import { DB } from "./rules/db.ts";
import { EKS } from "./rules/eks.ts";
import { EKS_ACCESS } from "./rules/eks-access.ts";
import { GPUS } from "./rules/gpu.ts";
import { IAM } from "./rules/iam.ts";
import { IMAGE_TRUST } from "./rules/image-trust.ts";
import { IMAGES } from "./rules/images.ts";
import { K8S_ACCESS } from "./rules/k8s-access.ts";
import { K8S_AVAILABILITY } from "./rules/k8s-availability.ts";
import { K8S_CONFINEMENT } from "./rules/k8s-confinement.ts";
import { K8S_NAMESPACES } from "./rules/k8s-namespaces.ts";
import { K8S_PODS } from "./rules/k8s-pods.ts";
import { KMS } from "./rules/kms.ts";
import { MESH } from "./rules/mesh.ts";
import { NETWORK } from "./rules/network.ts";
import { NODE_ROLES } from "./rules/node-roles.ts";
import { NODES } from "./rules/nodes.ts";
import { PII } from "./rules/pii.ts";
import { QUEUES } from "./rules/queues.ts";
import { RELIABILITY } from "./rules/reliability.ts";
import { RESIDENCY } from "./rules/residency.ts";
import { ROUTES } from "./rules/routes.ts";
import { S3 } from "./rules/s3.ts";
import { S3_DATA } from "./rules/s3-data.ts";
import { SECRETS } from "./rules/secrets.ts";

/** Every rule there is, family by family. */
export const RULES: readonly Rule[] = [
  ...EKS,
  ...EKS_ACCESS,
  ...NODES,
  ...NODE_ROLES,
  ...K8S_NAMESPACES,
  ...K8S_CONFINEMENT,
  ...K8S_PODS,
  ...K8S_ACCESS,
  ...K8S_AVAILABILITY,
  ...S3,
  ...S3_DATA,
  ...AUDIT,
  ...PII,
  ...IMAGES,
  ...IMAGE_TRUST,
  ...MESH,
  ...ROUTES,
  ...IAM,
  ...NETWORK,
  ...RESIDENCY,
  ...COST,
  ...RELIABILITY,
  ...DB,
  ...KMS,
  ...SECRETS,
  ...GPUS,
  ...QUEUES,
  ...CANARY,
];
