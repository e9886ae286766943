import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { namespaceOf, releaseOf } from "../chart.ts";
import { Component, type ComponentOptions } from "../component.ts";
import type { Statement } from "../iam.ts";
import { PodRole } from "../identity/pod-role.ts";
import { DNS_LABEL, DNS_LABEL_RULE } from "../naming.ts";
import { type Placement, placement, sized } from "../placement.ts";
import { anyText, fields, input, listOf, mapOf, optional, text, wholeNumber } from "../shape.ts";
import { check } from "../validation.ts";
import { API, CHARTS } from "../versions.ts";

export interface ExternalSecretsArgs {
  /** Name of the EKS cluster. */
  clusterName: pulumi.Input<string>;

  /** Key that encrypts the secrets. */
  kmsKeyArn: pulumi.Input<string>;

  /** Namespaces whose ExternalSecrets may read through the store. */
  namespaces: readonly string[];

  /** Region in which the secrets lie. */
  region: pulumi.Input<string>;

  /** Secrets that may be read, and no others. */
  secretArns: readonly pulumi.Input<string>[];

  /** Replicas of the controller and its webhook. @default 2 */
  replicas?: number;

  /** Labels by which Prometheus picks up a ServiceMonitor; its CRD must exist then. @default - no ServiceMonitor */
  monitorLabels?: Record<string, string>;

  /** Where its pods run. @default - on any node without a taint */
  placement?: Placement;
}

const SERVICE_ACCOUNT = "external-secrets";

/**
 * External Secrets: copies named secrets from AWS Secrets Manager into Kubernetes Secrets, so that their values pass neither
 * through our programs nor through its state.
 *
 * @throws {pulumi.ResourceError} when no secret or no namespace is named, a namespace is named twice or is invalid, or the number
 *   of replicas is not a whole positive one.
 */
export class ExternalSecrets extends Component {
  static override readonly shape = fields<ExternalSecretsArgs>({
    clusterName: input(text),
    kmsKeyArn: input(text),
    namespaces: listOf(text),
    region: input(text),
    secretArns: listOf(input(text)),
    replicas: optional(wholeNumber({ min: 1 })),
    monitorLabels: optional(mapOf(anyText)),
    placement: optional(placement),
  });

  readonly namespace: pulumi.Output<string>;
  /** Name of the ClusterSecretStore that ExternalSecrets refer to. */
  readonly storeName: pulumi.Output<string>;

  constructor(name: string, args: ExternalSecretsArgs, opts?: ComponentOptions) {
    super("secrets:ExternalSecrets", name, args, opts);
    const { replicas = 2 } = args;
    validate(args, this);

    const child = { parent: this };
    const namespace = new k8s.core.v1.Namespace(`${name}-namespace`, namespaceOf("external-secrets", "restricted"), child);
    this.namespace = namespace.metadata.name;

    const role = new PodRole(
      `${name}-role`,
      {
        clusterName: args.clusterName,
        namespace: this.namespace,
        serviceAccount: SERVICE_ACCOUNT,
        statements: readSecrets(args),
      },
      child,
    );
    const controller = new k8s.helm.v3.Release(
      `${name}-controller`,
      releaseOf(CHARTS.externalSecrets, {
        name: "external-secrets",
        namespace: this.namespace,
        values: controllerValues({ ...args, replicas }),
      }),
      // Pods that start before the association exists have no credentials.
      { ...child, dependsOn: role.association },
    );
    const store = new k8s.apiextensions.CustomResource(
      `${name}-store`,
      { apiVersion: API.externalSecret, kind: "ClusterSecretStore", metadata: { name: "aws-secrets" }, spec: storeSpec(args) },
      { ...child, dependsOn: controller },
    );

    this.storeName = store.metadata.name;
    this.registerOutputs({ namespace: this.namespace, storeName: this.storeName });
  }
}

function validate({ namespaces, secretArns }: ExternalSecretsArgs, secrets: pulumi.Resource): void {
  check.length("secretArns", secretArns, { min: 1 }, secrets);
  check.length("namespaces", namespaces, { min: 1 }, secrets);
  check.distinct("namespaces", namespaces, secrets);
  for (const namespace of namespaces) {
    check.matches("namespaces", namespace, DNS_LABEL, DNS_LABEL_RULE, secrets);
  }
}

function readSecrets({ kmsKeyArn, region, secretArns }: ExternalSecretsArgs): Statement[] {
  return [
    { sid: "ReadNamedSecrets", actions: ["secretsmanager:GetSecretValue"], resources: secretArns },
    {
      sid: "DecryptThroughSecretsManager",
      actions: ["kms:Decrypt"],
      resources: [kmsKeyArn],
      conditions: { StringEquals: { "kms:ViaService": pulumi.interpolate`secretsmanager.${region}.amazonaws.com` } },
    },
  ];
}

function controllerValues({
  replicas,
  placement = {},
  monitorLabels,
}: ExternalSecretsArgs & { replicas: number }): Record<string, unknown> {
  const replicated = {
    ...placement,
    replicaCount: replicas,
    podDisruptionBudget: { enabled: replicas > 1, minAvailable: 1 },
  };
  const resources = sized("25m", "64Mi", "256Mi");
  return {
    installCRDs: true,
    // With them every secret that it has copied would go, the database's password included.
    crds: { annotations: { "helm.sh/resource-policy": "keep" } },
    // The chart's default passes over a missing CRD, and the monitor would then be missing for ever.
    serviceMonitor: { enabled: monitorLabels !== undefined, additionalLabels: monitorLabels ?? {}, renderMode: "failIfMissing" },
    ...replicated,
    leaderElect: replicas > 1,
    serviceAccount: { create: true, name: SERVICE_ACCOUNT },
    resources,
    // Millrace does not use these; switched on, they would let a stolen token of the controller do more.
    processClusterExternalSecret: false,
    processClusterGenerator: false,
    processClusterPushSecret: false,
    processPushSecret: false,
    webhook: { ...replicated, resources },
    // It renews the webhook's certificate. Two would write it in turns: the chart's leader election is that of the controller.
    certController: { ...placement, replicaCount: 1, resources },
  };
}

/** No `auth`: the provider takes the credentials of its own pod, which come from the Pod Identity agent. */
function storeSpec({ namespaces, region }: ExternalSecretsArgs): Record<string, unknown> {
  return {
    provider: { aws: { service: "SecretsManager", region } },
    conditions: [{ namespaces }],
  };
}
