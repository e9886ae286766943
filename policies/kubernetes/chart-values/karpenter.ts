import type { KnownChart } from "./tree.ts";

/** Written by `npm run refresh:charts`. */
export const KARPENTER: KnownChart = {
  version: "1.14.1",
  read: "1.14.1",
  keys: `
* app terminationGracePeriodSeconds
b hostNetwork
c initContainers
l additionalClusterRoleRules extraVolumes imagePullSecrets logErrorOutputPaths logOutputPaths tolerations
l topologySpreadConstraints
m additionalAnnotations additionalLabels affinity dnsConfig global nodeSelector podAnnotations podLabels
m podSecurityContext strategy
n replicas revisionHistoryLimit
s dnsPolicy fullnameOverride imagePullPolicy logLevel nameOverride priorityClassName schedulerName
controller:
 l env envFrom extraVolumeMounts sidecarContainer sidecarVolumeMounts
 r resources
 s containerName
 healthProbe:
  s port
 image:
  s digest repository tag
 metrics:
  s port
 securityContext:
  c seLinuxOptions
  m appArmorProfile seccompProfile
podDisruptionBudget:
 n maxUnavailable
 s name
service:
 m annotations
serviceAccount:
 b create
 m annotations
 s name
serviceMonitor:
 * sampleLimit
 b enabled
 l metricRelabelings relabelings
 m additionalLabels endpointConfig
settings:
 b ignoreDRARequests
 n vmMemoryOverheadPercent
 s amiRefreshInterval batchIdleDuration batchMaxDuration clusterCABundle clusterEndpoint clusterName interruptionQueue
 s minValuesPolicy preferencePolicy reservedENIs subnetRefreshInterval
 t disableClusterStateObservability disableDryRun eksControlPlane enableZonalShift isolatedVPC
 featureGates:
  b reservedCapacity
  t capacityBuffer nodeOverlay nodeRepair spotToSpotConsolidation staticCapacity
`,
};
