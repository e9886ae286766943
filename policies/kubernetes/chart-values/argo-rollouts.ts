import type { KnownChart } from "./tree.ts";

/** Written by `npm run refresh:charts`. */
export const ARGO_ROLLOUTS: KnownChart = {
  version: "2.41.1",
  read: "2.41.0",
  keys: `
* fullnameOverride nameOverride
b clusterInstall createClusterAggregateRoles installCRDs keepCRDs
l extraObjects imagePullSecrets
m containerSecurityContext crdAnnotations podAnnotations podLabels podSecurityContext serviceAnnotations
s kubeVersionOverride namespaceOverride
apiVersionOverrides:
 s ingress
controller:
 b awsVerifyTargetGroup createClusterRole createConfigmap selfServiceNotification
 l extraArgs extraContainers extraEnv initContainers metricProviderPlugins stepPlugins tolerations
 l topologySpreadConstraints trafficRouterPlugins volumeMounts volumes
 m affinity deploymentAnnotations deploymentLabels lifecycle livenessProbe nodeSelector podAnnotations podLabels
 m readinessProbe
 n replicas terminationGracePeriodSeconds
 r resources
 s albTagKeyResourceID awsTargetGroupBindingAPIVersion component pprofAddress priorityClassName
 containerPorts:
  n healthz metrics
 image:
  s pullPolicy registry repository tag
 logging:
  s format kloglevel level
 metrics:
  b enabled
  service:
   m annotations
   s port portName
  serviceMonitor:
   b enabled
   l metricRelabelings relabelings
   m additionalAnnotations additionalLabels tlsConfig
   s namespace
 pdb:
  * maxUnavailable minAvailable
  b enabled
  m annotations labels
dashboard:
 b createClusterRole enabled readonly
 l extraArgs extraEnv tolerations topologySpreadConstraints volumeMounts volumes
 m affinity containerSecurityContext deploymentAnnotations deploymentLabels nodeSelector podAnnotations podLabels
 m podSecurityContext
 n replicas
 r resources
 s component priorityClassName rootPath
 httproute:
  b enabled
  l hostnames parentRefs rules
  m annotations labels
 image:
  s pullPolicy registry repository tag
 ingress:
  b enabled
  l extraPaths hosts paths tls
  m annotations labels
  s ingressClassName pathType
 logging:
  s kloglevel level
 pdb:
  * maxUnavailable minAvailable
  b enabled
  m annotations labels
 service:
  * nodePort port
  l externalIPs loadBalancerSourceRanges
  m annotations labels
  s loadBalancerClass loadBalancerIP portName targetPort type
 serviceAccount:
  b create
  m annotations
  s name
global:
 * nameservers options searches
 m deploymentAnnotations deploymentLabels dnsConfig
 n revisionHistoryLimit
notifications:
 c notifiers templates triggers
 l subscriptions
 configmap:
  b create
 secret:
  b create
  c items
  m annotations
providerRBAC:
 b enabled
 l additionalRules
 providers:
  b ambassador apisix awsAppMesh awsLoadBalancerController contour gatewayAPI glooPlatform istio smi traefik
serviceAccount:
 b create
 m annotations
 s name
`,
};
