import type { KnownChart } from "./tree.ts";

/** Written by `npm run refresh:charts`. */
export const ISTIOD: KnownChart = {
  version: "1.31.1",
  read: "commit eed52ebb66ad of 2026-08-27",
  keys: `
* _original compatibilityVersion crlConfigMapName defaults platform profile terminationMessagePolicy trafficDistribution
b autoscaleEnabled configMap
l envVarFrom extraContainerArgs initContainers ipFamilies revisionTags tolerations topologySpreadConstraints
l volumeMounts volumes
m affinity autoscaleBehavior deploymentAnnotations deploymentLabels env gatewayClasses memory meshConfig nodeSelector
m podAnnotations podLabels seccompProfile serviceAccountAnnotations serviceAnnotations sidecarInjectorWebhookAnnotations
n autoscaleMax autoscaleMin replicaCount traceSampling
r resources
s hub image ipFamilyPolicy jwksResolverExtraRootCA keepaliveMaxServerConnectionAge ownerName revision rollingMaxSurge
s rollingMaxUnavailable tag trustedZtunnelName trustedZtunnelNamespace variant
base:
 * validationCABundle validationFailurePolicy validationURL
 b enableIstioConfigCRDs
cni:
 b enabled
 s provider
cpu:
 n targetAverageUtilization
experimental:
 b stableValidationPolicy
gateways:
 m seccompProfile securityContext
global:
 * ipFamilies ipFamilyPolicy platform podDNSSearchNamespaces tracer trustBundleName
 b configCluster configValidation externalIstiod logAsJson mountMtlsCerts nativeNftables omitSidecarInjectorConfigMap
 b operatorManageWebhooks
 l certSigners imagePullSecrets
 m meshNetworks
 r defaultResources
 s caAddress caName hub imagePullPolicy istioNamespace meshID network pilotCertProvider priorityClassName
 s remotePilotAddress resourceScope tag variant
 defaultPodDisruptionBudget:
  * minAvailable
  b enabled
 istiod:
  b enableAnalysis
 logging:
  s level
 multiCluster:
  s clusterName
 networkPolicy:
  b enabled
 proxy:
  * examples variant
  b privileged
  m seccompProfile startupProbe
  n readinessFailureThreshold readinessInitialDelaySeconds readinessPeriodSeconds
  r resources
  s autoInject clusterDomain componentLogLevel excludeIPRanges excludeInboundPorts excludeOutboundPorts image
  s includeIPRanges includeInboundPorts includeOutboundPorts logLevel outlierLogPath statusPort tracer
 proxy_init:
  b forceApplyIptables
  s image
 sds:
  token:
   s aud
 sts:
  s servicePort
 waypoint:
  l tolerations topologySpreadConstraints
  m affinity nodeSelector
  r resources
istiodRemote:
 b enabled enabledLocalInjectorIstiod
 s injectionCABundle injectionPath injectionURL
pdb:
 * maxUnavailable
 n minAvailable
 s unhealthyPodEvictionPolicy
sidecarInjectorWebhook:
 * annotations
 b enableNamespacesByDefault rewriteAppHTTPProbe
 l alwaysInjectSelector defaultTemplates neverInjectSelector
 m injectedAnnotations templates
 s reinvocationPolicy
taint:
 b enabled
 s name namespace
telemetry:
 b enabled
 v2:
  b enabled
  prometheus:
   b enabled
  stackdriver:
   b enabled
`,
};
