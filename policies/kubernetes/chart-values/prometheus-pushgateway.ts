import type { KnownChart } from "./tree.ts";

/** Written by `npm run refresh:charts`. */
export const PROMETHEUS_PUSHGATEWAY: KnownChart = {
  version: "3.8.0",
  read: "3.8.0",
  keys: `
* priorityClassName
b automountServiceAccountToken runAsStatefulSet
l extraArgs extraContainers extraInitContainers extraManifests extraVars extraVolumeMounts extraVolumes hostAliases
l imagePullSecrets tolerations topologySpreadConstraints
m affinity containerSecurityContext deploymentAnnotations lifecycle networkPolicy nodeSelector persistentVolumeLabels
m podAnnotations podDisruptionBudget podLabels securityContext serviceAccountLabels serviceAnnotations serviceLabels
m strategy webConfiguration
n replicaCount
r resources
s fullnameOverride nameOverride namespaceOverride podAntiAffinity podAntiAffinityTopologyKey
global:
 l imagePullSecrets
 s imageRegistry
image:
 s pullPolicy registry repository tag
ingress:
 * annotations hosts tls
 b enabled
 l extraPaths
 s className path pathType
liveness:
 b enabled
 m probe
persistentVolume:
 * storageClass
 b enabled
 c emptyDir
 l accessModes
 m annotations
 s existingClaim mountPath size subPath
readiness:
 b enabled
 m probe
route:
 * ...
 main:
  b enabled httpsRedirect
  l additionalRules filters hostnames matches parentRefs
  m annotations labels
  s apiVersion kind
service:
 * nodePort
 l loadBalancerSourceRanges
 s clusterIP loadBalancerIP port portName targetPort type
 ipDualStack:
  b enabled
  l ipFamilies
  s ipFamilyPolicy
serviceAccount:
 * annotations name
 b create
serviceMonitor:
 b enabled honorLabels
 c basicAuth
 l metricRelabelings relabelings
 m additionalLabels tlsConfig
 s bearerTokenFile interval namespace scheme scrapeTimeout telemetryPath
`,
};
