import type { Layer } from "#stacks/contracts";

/** A bad change as it would stand in a pull request: one text in one file for another. */
export interface Mutant {
  /** The rule that must stop it. */
  rule: string;
  /** Layer whose preview shows it. */
  layer: Layer;
  file: string;
  find: string;
  replace: string;
}

/** One a family of rules. */
export const MUTANTS: readonly Mutant[] = [
  {
    rule: "S3-01",
    layer: "foundation",
    file: "components/storage/object-store.ts",
    find: "blockPublicPolicy: true",
    replace: "blockPublicPolicy: false",
  },
  {
    rule: "DB-02",
    layer: "foundation",
    file: "components/database/postgres.ts",
    find: "publiclyAccessible: false",
    replace: "publiclyAccessible: true",
  },
  {
    rule: "KMS-01",
    layer: "foundation",
    file: "components/keys/key.ts",
    find: "enableKeyRotation: true",
    replace: "enableKeyRotation: false",
  },
  {
    rule: "IAM-02",
    layer: "foundation",
    file: "components/ci/ci-roles.ts",
    find: "conditions: { StringEquals: {",
    replace: "conditions: { StringLike: {",
  },
  {
    rule: "AUD-01",
    layer: "foundation",
    file: "components/audit/trail.ts",
    find: "enableLogFileValidation: true",
    replace: "enableLogFileValidation: false",
  },
  {
    rule: "PII-01",
    layer: "foundation",
    file: "stacks/foundation/stores.ts",
    find: "expireAfterDays: Math.max(INPUT_DAYS, (protection.lockDays ?? 0) + 1)",
    replace: "expireAfterDays: 3650",
  },
  {
    rule: "REL-01",
    layer: "foundation",
    file: "stacks/foundation/foundation.ts",
    find: "{ ...opts, protect: true, retainOnDelete: true }",
    replace: "{ ...opts, retainOnDelete: true }",
  },
  { rule: "COST-01", layer: "foundation", file: "stacks/providers.ts", find: '    "cost-center": COST_CENTER,\n', replace: "" },
  {
    rule: "EKS-06",
    layer: "platform",
    file: "components/cluster/cluster.ts",
    find: 'authenticationMode: "API",',
    replace: 'authenticationMode: "API_AND_CONFIG_MAP",',
  },
  {
    rule: "NET-01",
    layer: "platform",
    file: "stacks/platform/cluster.ts",
    find: "referencedSecurityGroupId: cluster.securityGroupId,",
    replace: 'cidrIpv4: "0.0.0.0/0",',
  },
  {
    rule: "SEC-02",
    layer: "platform",
    file: "components/tracking/configuration.ts",
    find: '{ name: "MLFLOW_DISABLE_TELEMETRY", value: "true" },',
    replace: '{ name: "SMTP_PASSWORD", value: "q7Rk9sLw2mXvB4tZ" },',
  },
  {
    rule: "GPU-03",
    layer: "platform",
    file: "components/gpu/node-pool.ts",
    find: "limits: { [GPU]: String(args.maxGpus) }",
    replace: 'limits: { [GPU]: "4096" }',
  },
  {
    rule: "RES-01",
    layer: "workloads",
    file: "stacks/providers.ts",
    find: "region: settings.region as aws.Region,",
    replace: 'region: "ap-southeast-2",',
  },
  {
    rule: "K8S-01",
    layer: "workloads",
    file: "components/teams/fenced-namespace.ts",
    find: '"pod-security.kubernetes.io/enforce": "restricted"',
    replace: '"pod-security.kubernetes.io/enforce": "privileged"',
  },
  {
    rule: "IMG-01",
    layer: "workloads",
    file: "components/serving/pod-template.ts",
    find: "image: model.image,",
    replace: 'image: "model-server:latest",',
  },
  {
    rule: "MESH-04",
    layer: "workloads",
    file: "components/serving/routing.ts",
    find: 'retryOn: "connect-failure,refused-stream,unavailable"',
    replace: 'retryOn: "connect-failure,5xx"',
  },
  {
    rule: "CAN-04",
    layer: "workloads",
    file: "components/serving/strategies/canary-steps.ts",
    find: "    healthy(names),\n    served(weights, weights.length - 1, names),\n",
    replace: "    healthy(names),\n",
  },
];
