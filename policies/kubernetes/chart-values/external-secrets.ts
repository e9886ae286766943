import type { KnownChart } from "./tree.ts";

/** Written by `npm run refresh:charts`. */
export const EXTERNAL_SECRETS: KnownChart = {
  version: "2.12.0",
  read: "2.9.0",
  keys: `
* hostUsers
b createOperator enableHTTP2 extendedMetricLabels hostNetwork installCRDs leaderElect openshiftFinalizers
b processClusterExternalSecret processClusterGenerator processClusterPushSecret processClusterStore processPushSecret
b processSecretStore scopedRBAC systemAuthDelegator
l extraContainers extraEnv extraInitContainers extraObjects extraVolumeMounts extraVolumes hostAliases imagePullSecrets
l tolerations topologySpreadConstraints
m affinity commonLabels deploymentAnnotations dnsConfig extraArgs nodeSelector podAnnotations podLabels
m podSecurityContext podSpecExtra securityContext strategy
n concurrent replicaCount revisionHistoryLimit
r resources
s controllerClass dnsPolicy fullnameOverride leaderElectionID leaderElectionLeaseDuration leaderElectionRenewDeadline
s leaderElectionRetryPeriod nameOverride namespaceOverride priorityClassName runtimeClassName schedulerName
s scopedNamespace storeRequeueInterval
bitwarden-sdk-server:
 b enabled
 l imagePullSecrets tolerations
 m affinity commonLabels deploymentAnnotations deploymentLabels extraEnv global nodeSelector podAnnotations podDnsConfig
 m podLabels podSecurityContext securityContext
 n replicaCount
 r resources
 s fullnameOverride nameOverride namespaceOverride podDnsPolicy
 autoscaling:
  * targetMemoryUtilizationPercentage
  b enabled
  n maxReplicas minReplicas targetCPUUtilizationPercentage
 image:
  s pullPolicy repository tag
  tls:
   b enabled
   l volumeMounts volumes
   s secretName
 ingress:
  b enabled
  l hosts tls
  m annotations
  s className
 service:
  m annotations labels
  s port type
 serviceAccount:
  b create
  m annotations labels
  s name
certController:
 * hostUsers
 b create enablePartialCache hostNetwork
 l extraEnv extraInitContainers extraVolumeMounts extraVolumes hostAliases imagePullSecrets tolerations
 l topologySpreadConstraints
 m affinity deploymentAnnotations extraArgs nodeSelector podAnnotations podLabels podSecurityContext securityContext
 m strategy
 n replicaCount revisionHistoryLimit
 r resources
 s priorityClassName requeueInterval runtimeClassName schedulerName
 image:
  s flavour pullPolicy repository tag
 livenessProbe:
  * port
  b enabled
  n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
 log:
  s level timeEncoding
 metrics:
  listen:
   * port
   auth:
    b enabled
   secure:
    b enabled
    s certDir certFile keyFile
  service:
   * port
   b enabled
   m annotations
 networkPolicy:
  b enabled
  l egress ingress
 podDisruptionBudget:
  * maxUnavailable minAvailable
  b enabled
  s nameOverride
 rbac:
  b create
 readinessProbe:
  * port
  b enabled
  n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
  s address
 serviceAccount:
  b automount create
  m annotations extraLabels
  s name
 startupProbe:
  b enabled
  n failureThreshold initialDelaySeconds periodSeconds
crds:
 b createClusterExternalSecret createClusterGenerator createClusterPushSecret createClusterSecretStore createPushSecret
 b createSecretStore unsafeServeV1Beta1
 m annotations
 conversion:
  b enabled
genericTargets:
 b enabled
 l resources
global:
 l hostAliases imagePullSecrets tolerations topologySpreadConstraints
 m affinity nodeSelector podAnnotations podLabels
 s repository
 compatibility:
  openshift:
   s adaptSecurityContext
grafanaDashboard:
 b enabled
 m annotations extraLabels
 s sidecarLabel sidecarLabelValue
image:
 s flavour pullPolicy repository tag
livenessProbe:
 b enabled
 spec:
  * ... port
  n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
  s address
  httpGet:
   * ... port
   s path
log:
 s level timeEncoding
metrics:
 listen:
  * port
  auth:
   b enabled
  secure:
   b enabled
   s certDir certFile keyFile
 service:
  * port
  b enabled
  m annotations
networkPolicy:
 b enabled
 l egress ingress
podDisruptionBudget:
 * maxUnavailable minAvailable
 b enabled
 s nameOverride
rbac:
 b aggregateToAdmin aggregateToEdit aggregateToView create serviceAccountTokenCreate
 servicebindings:
  b create
readinessProbe:
 b enabled
 spec:
  * ...
  n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
  httpGet:
   * ... port
   s path
service:
 l ipFamilies
 s ipFamilyPolicy
serviceAccount:
 b automount create
 m annotations extraLabels
 s name
serviceMonitor:
 * enum
 b enabled honorLabels
 l metricRelabelings relabelings
 m additionalLabels
 s interval namespace renderMode scrapeTimeout
vault:
 b enableTokenCache
 n tokenCacheSize
webhook:
 * hostUsers port
 b create hostNetwork
 l extraEnv extraInitContainers extraVolumeMounts extraVolumes hostAliases imagePullSecrets tolerations
 l topologySpreadConstraints
 m affinity annotations deploymentAnnotations extraArgs nodeSelector podAnnotations podLabels podSecurityContext
 m secretAnnotations securityContext strategy
 n replicaCount revisionHistoryLimit
 r resources
 s certCheckInterval certDir failurePolicy lookaheadInterval priorityClassName runtimeClassName schedulerName
 certManager:
  b addInjectorAnnotations enabled
  cert:
   b create
   m annotations privateKey
   n revisionHistoryLimit
   s duration renewBefore signatureAlgorithm
   issuerRef:
    * ...
    s group kind name
 image:
  s flavour pullPolicy repository tag
 livenessProbe:
  * port
  b enabled
  n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
 log:
  s level timeEncoding
 metrics:
  listen:
   * port
   auth:
    b enabled
   secure:
    b enabled
    s certDir certFile keyFile
  service:
   * port
   b enabled
   m annotations
 networkPolicy:
  b enabled
  l egress ingress
 podDisruptionBudget:
  * maxUnavailable minAvailable
  b enabled
  s nameOverride
 readinessProbe:
  * port
  b enabled
  n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
  s address
 service:
  b enabled
  m annotations labels
  s loadBalancerIP type
 serviceAccount:
  b automount create
  m annotations extraLabels
  s name
 startupProbe:
  b enabled
  n failureThreshold initialDelaySeconds periodSeconds
`,
};
