import { ARGO_ROLLOUTS } from "./argo-rollouts.ts";
import { BASE } from "./base.ts";
import { CERT_MANAGER } from "./cert-manager.ts";
import { DCGM_EXPORTER } from "./dcgm-exporter.ts";
import { EXTERNAL_SECRETS } from "./external-secrets.ts";
import { GATEWAY } from "./gateway.ts";
import { ISTIOD } from "./istiod.ts";
import { KARPENTER } from "./karpenter.ts";
import { KARPENTER_CRD } from "./karpenter-crd.ts";
import { KEDA } from "./keda.ts";
import { KUBE_PROMETHEUS_STACK } from "./kube-prometheus-stack.ts";
import { KUEUE } from "./kueue.ts";
import { NVIDIA_DEVICE_PLUGIN } from "./nvidia-device-plugin.ts";
import { PROMETHEUS_OPERATOR_CRDS } from "./prometheus-operator-crds.ts";
import { PROMETHEUS_PUSHGATEWAY } from "./prometheus-pushgateway.ts";
import type { KnownChart } from "./tree.ts";

/** Charts whose keys are known, by name. */
export const KNOWN_CHARTS: Readonly<Record<string, KnownChart>> = {
  karpenter: KARPENTER,
  "karpenter-crd": KARPENTER_CRD,
  kueue: KUEUE,
  "nvidia-device-plugin": NVIDIA_DEVICE_PLUGIN,
  "dcgm-exporter": DCGM_EXPORTER,
  base: BASE,
  istiod: ISTIOD,
  gateway: GATEWAY,
  "argo-rollouts": ARGO_ROLLOUTS,
  "prometheus-operator-crds": PROMETHEUS_OPERATOR_CRDS,
  "kube-prometheus-stack": KUBE_PROMETHEUS_STACK,
  "prometheus-pushgateway": PROMETHEUS_PUSHGATEWAY,
  "cert-manager": CERT_MANAGER,
  "external-secrets": EXTERNAL_SECRETS,
  keda: KEDA,
};
