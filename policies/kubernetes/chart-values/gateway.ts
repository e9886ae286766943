import type { KnownChart } from "./tree.ts";

/** Written by `npm run refresh:charts`. */
export const GATEWAY: KnownChart = {
  version: "1.31.1",
  read: "commit eed52ebb66ad of 2026-08-27",
  keys: `
* unprivilegedPort
b enabled runAsRoot
l additionalContainers envVarFrom imagePullSecrets initContainers tolerations topologySpreadConstraints volumeMounts
l volumes
m _internal_defaults_do_not_set affinity annotations containerSecurityContext dnsConfig env labels lifecycle
m nodeSelector pilot podAnnotations podDisruptionBudget readinessProbe securityContext strategy
n minReadySeconds replicaCount terminationGracePeriodSeconds
r resources
s compatibilityVersion defaultRevision dnsPolicy imagePullPolicy kind name networkGateway platform priorityClassName
s profile revision
autoscaling:
 * targetMemoryUtilizationPercentage
 b enabled
 m autoscaleBehavior
 n maxReplicas minReplicas targetCPUUtilizationPercentage
global:
 * ... platform profile unprivilegedPort
 b enabled runAsRoot
 l additionalContainers envVarFrom imagePullSecrets initContainers tolerations topologySpreadConstraints volumeMounts
 l volumes
 m affinity annotations containerSecurityContext dnsConfig env labels lifecycle nodeSelector pilot podAnnotations
 m podDisruptionBudget readinessProbe securityContext strategy
 n minReadySeconds replicaCount terminationGracePeriodSeconds
 r resources
 s compatibilityVersion defaultRevision dnsPolicy imagePullPolicy kind name networkGateway priorityClassName revision
 autoscaling:
  * targetMemoryUtilizationPercentage
  b enabled
  m autoscaleBehavior
  n maxReplicas minReplicas targetCPUUtilizationPercentage
 networkGatewayPorts:
  * ...
  status-port:
   * ...
   s port targetPort
  tls:
   * ...
   s port targetPort
  tls-istiod:
   * ...
   s port targetPort
  tls-webhook:
   * ...
   s port targetPort
 networkPolicy:
  b enabled
 rbac:
  b enabled
 service:
  * allocateLoadBalancerNodePorts internalTrafficPolicy ipFamilies loadBalancerClass
  l externalIPs loadBalancerSourceRanges ports
  m annotations selectorLabels
  n healthCheckNodePort
  s clusterIP externalTrafficPolicy ipFamilyPolicy loadBalancerIP type
 serviceAccount:
  b create
  m annotations
  s name
networkGatewayPorts:
 * ...
 status-port:
  * ...
  s port targetPort
 tls:
  * ...
  s port targetPort
 tls-istiod:
  * ...
  s port targetPort
 tls-webhook:
  * ...
  s port targetPort
rbac:
 b enabled
service:
 * allocateLoadBalancerNodePorts internalTrafficPolicy ipFamilies loadBalancerClass
 l externalIPs loadBalancerSourceRanges ports
 m annotations selectorLabels
 n healthCheckNodePort
 s clusterIP externalTrafficPolicy ipFamilyPolicy loadBalancerIP type
serviceAccount:
 b create
 m annotations
 s name
`,
};
