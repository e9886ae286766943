import type { KnownChart } from "./tree.ts";

/** Written by `npm run refresh:charts`. */
export const CERT_MANAGER: KnownChart = {
  version: "v1.21.2",
  read: "v1.21.2",
  keys: `
b automountServiceAccountToken disableAutoApproval dns01RecursiveNameserversOnly enableCertificateOwnerRef
b enableServiceLinks enabled installCRDs
l approveSignerNames extraArgs extraContainers extraEnv extraObjects hostAliases serviceIPFamilies tolerations
l topologySpreadConstraints volumeMounts volumes
m affinity config containerSecurityContext deploymentAnnotations ingressShim livenessProbe nodeSelector podAnnotations
m podDnsConfig podLabels securityContext serviceAnnotations serviceLabels strategy
n maxConcurrentChallenges replicaCount
r resources
s clusterResourceNamespace creator dns01RecursiveNameservers featureGates fullnameOverride http_proxy https_proxy
s imageNamespace imageRegistry nameOverride namespace no_proxy podDnsPolicy runtimeClassName serviceIPFamilyPolicy
acmesolver:
 s runtimeClassName
 image:
  s digest name pullPolicy registry repository tag
cainjector:
 b automountServiceAccountToken enableServiceLinks enabled
 l extraArgs extraEnv tolerations topologySpreadConstraints volumeMounts volumes
 m affinity config containerSecurityContext deploymentAnnotations nodeSelector podAnnotations podLabels securityContext
 m serviceAnnotations serviceLabels strategy
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
  b automountServiceAccountToken create
  m annotations labels
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
 b automountServiceAccountToken create
 m annotations labels
 s name
startupapicheck:
 * ttlSecondsAfterFinished
 b automountServiceAccountToken enableServiceLinks enabled
 l extraArgs extraEnv tolerations volumeMounts volumes
 m affinity containerSecurityContext jobAnnotations nodeSelector podAnnotations podLabels securityContext
 n backoffLimit
 r resources
 s runtimeClassName timeout
 image:
  s digest name pullPolicy registry repository tag
 rbac:
  m annotations
 serviceAccount:
  b automountServiceAccountToken create
  m annotations labels
  s name
webhook:
 * securePort
 b automountServiceAccountToken enableClientVerification enableServiceLinks hostNetwork
 l extraArgs extraEnv serviceIPFamilies tolerations topologySpreadConstraints volumeMounts volumes
 m affinity config containerSecurityContext deploymentAnnotations livenessProbe mutatingWebhookConfigurationAnnotations
 m nodeSelector podAnnotations podLabels readinessProbe securityContext serviceAnnotations serviceLabels strategy url
 m validatingWebhookConfigurationAnnotations
 n replicaCount timeoutSeconds
 r resources
 s apiserverClientCertSubjects clientCAFile featureGates loadBalancerIP runtimeClassName serviceIPFamilyPolicy
 s serviceType
 image:
  s digest name pullPolicy registry repository tag
 mutatingWebhookConfiguration:
  m namespaceSelector
 networkPolicy:
  b enabled
  l egress ingress
 podDisruptionBudget:
  * maxUnavailable minAvailable
  b enabled
  s unhealthyPodEvictionPolicy
 serviceAccount:
  b automountServiceAccountToken create
  m annotations labels
  s name
 validatingWebhookConfiguration:
  namespaceSelector:
   l matchExpressions
`,
};
