import type { KnownChart } from "./tree.ts";

/** Written by `npm run refresh:charts`. */
export const KUEUE: KnownChart = {
  version: "0.18.3",
  read: "0.18.3",
  keys: `
* serviceAccount
b enableCertManager enableKueueViz enablePrometheus enableVisibilityAPF
m global
s fullnameOverride kubernetesClusterDomain nameOverride
certManager:
 m issuerRef
controllerManager:
 l featureGates imagePullSecrets tolerations topologySpreadConstraints
 m nodeSelector
 n replicas
 livenessProbe:
  n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
 manager:
  * priorityClassName
  m containerSecurityContext podAnnotations podSecurityContext
  n logLevel
  r resources
  image:
   s pullPolicy repository tag
 podDisruptionBudget:
  b enabled
  n minAvailable
 readinessProbe:
  n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
kueueViz:
 backend:
  * priorityClassName
  l env imagePullSecrets tolerations
  m containerSecurityContext nodeSelector podSecurityContext
  r resources
  auth:
   s mode
   tokenReviewConfig:
    * audiences
    s cacheTTL negativeCacheTTL
  image:
   s pullPolicy repository tag
  ingress:
   * ingressClassName
   b enabled
   m annotations
   s host tlsSecretName
 frontend:
  * priorityClassName
  l env imagePullSecrets tolerations
  m containerSecurityContext nodeSelector podSecurityContext
  r resources
  image:
   s pullPolicy repository tag
  ingress:
   * ingressClassName
   b enabled
   m annotations
   s host tlsSecretName
managerConfig:
 s controllerManagerConfigYaml
metrics:
 s prometheusNamespace
 serviceMonitor:
  tlsConfig:
   * ...
   b insecureSkipVerify
metricsService:
 l ports
 m annotations labels
 s type
mutatingWebhook:
 s reinvocationPolicy
webhookService:
 l ports
 s type
 ipDualStack:
  b enabled
  l ipFamilies
  s ipFamilyPolicy
`,
};
