import { join } from "node:path";
import type { Command } from "#toolchain/locate";
import { ARTIFACT_VARIABLES, STORE_VARIABLES } from "../model-store/model-store.ts";
import type { KubeObject } from "./controlplane/kube.ts";
import { istiodImage } from "./dataplane/istiod.ts";
import type { Images } from "./nodes/containers/images.ts";
import { writeInstanceTypes } from "./nodes/instance-types.ts";
import { mlflowImage } from "./nodes/mlflow.ts";
import { modelServerImage } from "./nodes/model-server.ts";

const RBAC = "rbac.authorization.k8s.io";
const CLOUD = "millrace-rehearsal-cloud";

/** On AWS a node registers itself; here Karpenter's simulated cloud does it, under the controller's own account. */
export const CLOUD_RIGHTS: readonly KubeObject[] = [
  {
    apiVersion: `${RBAC}/v1`,
    kind: "ClusterRole",
    metadata: { name: CLOUD },
    rules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["create"] }],
  },
  {
    apiVersion: `${RBAC}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name: CLOUD },
    roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: CLOUD },
    subjects: [{ kind: "ServiceAccount", name: "karpenter", namespace: "kube-system" }],
  },
];

/** Seconds from the purchase of an instance until its node appears; on EC2 it takes about a minute. */
const BOOT_SECONDS = 3;

/** Paths of the programs that run in pods. */
export interface PodPrograms {
  kueue: string;
  karpenter: string;
  rollouts: string;
  istiod: string;
  prometheus: string;
  prometheusOperator: string;
  /** What stands beside each Prometheus and hands it its configuration. */
  configReloader: string;
  /** Python with the packages of the model server. */
  python: Command;
  /** Python with the packages of MLflow's image. */
  mlflow: Command;
}

interface ImageOptions {
  /** Folder for what they read. */
  folder: string;
  tools: PodPrograms;
  /** Zones of the network. */
  zones: readonly string[];
  /** File with the certificate of whoever shows the keys of the cluster's tokens. */
  issuerCertificate: string;
}

/** Images whose programs are here. What buys nodes is Karpenter's own simulated cloud. */
export function imagesHere({ folder, tools, zones, issuerCertificate }: ImageOptions): Images {
  const types = join(folder, "instance-types.json");
  writeInstanceTypes(types, zones);
  const istiod = istiodImage(tools.istiod, folder);
  return {
    "kueue/kueue": { entrypoint: ["/manager"], files: { "/manager": tools.kueue } },
    "karpenter/controller": {
      entrypoint: ["/ko-app/controller"],
      files: { "/ko-app/controller": tools.karpenter, "/instance-types.json": types },
      env: { INSTANCE_TYPES_FILE_PATH: "/instance-types.json", NODE_BOOT_SECONDS: String(BOOT_SECONDS) },
    },
    "argoproj/argo-rollouts": {
      entrypoint: ["/bin/rollouts-controller"],
      files: { "/bin/rollouts-controller": tools.rollouts },
    },
    "prometheus/prometheus": { entrypoint: ["/bin/prometheus"], files: { "/bin/prometheus": tools.prometheus } },
    "prometheus-operator/prometheus-operator": {
      entrypoint: ["/bin/operator"],
      files: { "/bin/operator": tools.prometheusOperator },
    },
    "prometheus-operator/prometheus-config-reloader": {
      entrypoint: ["/bin/prometheus-config-reloader"],
      files: { "/bin/prometheus-config-reloader": tools.configReloader },
    },
    mlflow: mlflowImage(tools.mlflow, { folder: join(folder, "mlflow"), store: ARTIFACT_VARIABLES, issuerCertificate }),
    "model-server": modelServerImage(tools.python, join(folder, "model-server"), STORE_VARIABLES),
    // On Docker Hub, in Istio's own registry, and as its sources name it.
    ...Object.fromEntries(["istio", "release", "testing"].map((hub) => [`${hub}/pilot`, istiod])),
  };
}
