import type { KnownChart } from "./tree.ts";

/** Written by `npm run refresh:charts`. */
export const CERT_MANAGER: KnownChart = {
  version: "v1.21.2",
  read: "v1.21.2",
  keys: `
* deploymentAnnotations podAnnotations podDnsConfig serviceAnnotations serviceIPFamilies serviceLabels
b automountServiceAccountToken disableAutoApproval dns01RecursiveNameserversOnly enableCertificateOwnerRef
b enableServiceLinks enabled installCRDs
l approveSignerNames extraArgs extraContainers extraEnv extraObjects hostAliases tolerations topologySpreadConstraints
l volumeMounts volumes
m affinity config containerSecurityContext ingressShim nodeSelector podLabels securityContext strategy
n maxConcurrentChallenges replicaCount
r resources
s clusterResourceNamespace creator dns01RecursiveNameservers featureGates fullnameOverride http_proxy https_proxy
s imageNamespace imageRegistry nameOverride namespace no_proxy podDnsPolicy runtimeClassName serviceIPFamilyPolicy
acmesolver:
 s runtimeClassName
 image:
  s digest name pullPolicy registry repository tag
cainjector:
 * deploymentAnnotations podAnnotations serviceAnnotations
 b automountServiceAccountToken enableServiceLinks enabled
 l extraArgs extraEnv tolerations topologySpreadConstraints volumeMounts volumes
 m affinity config containerSecurityContext nodeSelector podLabels securityContext serviceLabels strategy
 n replicaCount
 r resources
 s featureGates runtimeClassName
 image:
  s digest name pullPolicy registry repository tag
 networkPolicy:
  b enabled
  l egress ingress
 podDisruptionBudget:
  * maxUnavailable minAvailable
  b enabled
  s unhealthyPodEvictionPolicy
 serviceAccount:
  * annotations labels
  b automountServiceAccountToken create
  s name
crds:
 b enabled keep
global:
 b hostUsers
 l imagePullSecrets
 m commonLabels nodeSelector
 n logLevel revisionHistoryLimit
 s priorityClassName runtimeClassName
 leaderElection:
  s leaseDuration namespace renewDeadline retryPeriod
 podSecurityPolicy:
  b enabled useAppArmor
 rbac:
  b aggregateClusterRoles create
image:
 s digest name pullPolicy registry repository tag
livenessProbe:
 b enabled
 n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
networkPolicy:
 b enabled
 l egress ingress
podDisruptionBudget:
 * maxUnavailable minAvailable
 b enabled
 s unhealthyPodEvictionPolicy
prometheus:
 b enabled
 podmonitor:
  b enabled honorLabels
  m annotations endpointAdditionalProperties labels
  s interval namespace prometheusInstance scrapeTimeout
 servicemonitor:
  b enabled honorLabels
  m annotations endpointAdditionalProperties labels
  s interval namespace prometheusInstance scrapeTimeout
serviceAccount:
 * annotations labels
 b automountServiceAccountToken create
 s name
startupapicheck:
 * podAnnotations ttlSecondsAfterFinished
 b automountServiceAccountToken enableServiceLinks enabled
 l extraArgs extraEnv tolerations volumeMounts volumes
 m affinity containerSecurityContext jobAnnotations nodeSelector podLabels securityContext
 n backoffLimit
 r resources
 s runtimeClassName timeout
 image:
  s digest name pullPolicy registry repository tag
 rbac:
  m annotations
 serviceAccount:
  * labels
  b automountServiceAccountToken create
  m annotations
  s name
webhook:
 * deploymentAnnotations mutatingWebhookConfigurationAnnotations podAnnotations securePort serviceAnnotations
 * validatingWebhookConfigurationAnnotations
 b automountServiceAccountToken enableClientVerification enableServiceLinks hostNetwork
 l extraArgs extraEnv serviceIPFamilies tolerations topologySpreadConstraints volumeMounts volumes
 m affinity config containerSecurityContext nodeSelector podLabels securityContext serviceLabels strategy url
 n replicaCount timeoutSeconds
 r resources
 s apiserverClientCertSubjects clientCAFile featureGates loadBalancerIP runtimeClassName serviceIPFamilyPolicy
 s serviceType
 image:
  s digest name pullPolicy registry repository tag
 livenessProbe:
  n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
 mutatingWebhookConfiguration:
  m namespaceSelector
 networkPolicy:
  b enabled
  l egress ingress
 podDisruptionBudget:
  * maxUnavailable minAvailable
  b enabled
  s unhealthyPodEvictionPolicy
 readinessProbe:
  n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
 serviceAccount:
  * annotations labels
  b automountServiceAccountToken create
  s name
 validatingWebhookConfiguration:
  namespaceSelector:
   * ...
   l matchExpressions
`,
};
