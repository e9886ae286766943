import type { RuleGroup, Severity } from "./rule.ts";

/** A part of the platform that answers Prometheus itself. */
interface Controller {
  /** Namespace and job of its targets, as its chart and its monitor make them. */
  namespace: string;
  job: string;
  severity: Severity;
  /** What stands still while no replica answers. */
  stops: string;
}

/** Every controller of each platform beside istiod, whose alert is `MeshControlPlaneDown`. */
export const CONTROLLERS: Readonly<Record<string, Controller>> = {
  karpenter: {
    namespace: "kube-system",
    job: "karpenter",
    severity: "critical",
    stops: "no node is started, and none is removed",
  },
  kueue: {
    namespace: "kueue-system",
    job: "kueue-controller-manager-metrics-service",
    severity: "warning",
    stops: "jobs of teams are refused or wait",
  },
  "argo-rollouts": {
    namespace: "argo-rollouts",
    job: "argo-rollouts-metrics",
    severity: "critical",
    stops: "releases stand still, and a bad one is not taken back",
  },
  gateway: {
    namespace: "istio-ingress",
    job: "istio-ingress/ingress",
    severity: "critical",
    stops: "no request reaches a model",
  },
  "cert-manager": {
    namespace: "cert-manager",
    job: "cert-manager",
    severity: "warning",
    stops: "certificates are neither issued nor renewed",
  },
  "cert-manager-webhook": {
    namespace: "cert-manager",
    job: "webhook",
    severity: "warning",
    stops: "changes of certificates are refused",
  },
  "cert-manager-cainjector": {
    namespace: "cert-manager",
    job: "cainjector",
    severity: "warning",
    stops: "webhooks do not get the certificate authority that they are called with",
  },
  "external-secrets": {
    namespace: "external-secrets",
    job: "external-secrets-metrics",
    severity: "warning",
    stops: "secrets are not copied, and a changed password does not arrive",
  },
  "external-secrets-webhook": {
    namespace: "external-secrets",
    job: "external-secrets-webhook",
    severity: "warning",
    stops: "changes of ExternalSecrets are refused",
  },
  "external-secrets-cert-controller": {
    namespace: "external-secrets",
    job: "external-secrets-cert-controller-metrics",
    severity: "warning",
    stops: "the webhook's certificate is not renewed",
  },
  "prometheus-operator": {
    namespace: "monitoring",
    job: "kube-prometheus-stack-operator",
    severity: "warning",
    stops: "new rules and monitors are not loaded",
  },
  "kube-state-metrics": {
    namespace: "monitoring",
    job: "kube-state-metrics",
    severity: "warning",
    stops: "alerts about pods and nodes are blind",
  },
  pushgateway: {
    namespace: "monitoring",
    job: "prometheus-pushgateway",
    severity: "warning",
    stops: "drift and quality are not measured",
  },
  mlflow: {
    namespace: "mlflow",
    job: "mlflow",
    severity: "warning",
    stops: "runs and models are not recorded",
  },
  grafana: {
    namespace: "monitoring",
    job: "kube-prometheus-stack-grafana",
    severity: "warning",
    stops: "nobody sees a dashboard",
  },
};

/** KEDA's, where models scale by their load. */
export const SCALERS: Readonly<Record<string, Controller>> = {
  "keda-operator": {
    namespace: "keda",
    job: "keda-operator",
    severity: "warning",
    stops: "models keep the servers that they have",
  },
  "keda-metrics": {
    namespace: "keda",
    job: "keda-operator-metrics-apiserver",
    severity: "warning",
    stops: "models keep the servers that they have",
  },
};

/**
 * One alert a controller, that fires when no replica of it answers: a target that is gone is no target that is down.
 *
 * @param scalesByLoad whether KEDA runs.
 */
export const controllers = (scalesByLoad: boolean): RuleGroup => ({
  name: "millrace-controllers",
  rules: Object.entries({ ...CONTROLLERS, ...(scalesByLoad && SCALERS) }).map(
    ([controller, { namespace, job, severity, stops }]) => ({
      alert: "ControllerDown",
      expr: `absent(up{namespace="${namespace}", job="${job}"} == 1)`,
      for: "5m",
      labels: { severity, category: "infrastructure", controller },
      annotations: {
        summary: `${controller} does not answer`,
        description: `No replica of ${controller} in ${namespace} has answered for 5 minutes: ${stops}.`,
      },
    }),
  ),
});
