import type { KnownChart } from "./tree.ts";

/** Written by `npm run refresh:charts`. */
export const ISTIOD: KnownChart = {
  version: "1.31.1",
  read: "commit eed52ebb66ad of 2026-08-27",
  keys: `
* compatibilityVersion crlConfigMapName defaults pilot platform profile revision terminationMessagePolicy
* trafficDistribution
b autoscaleEnabled configMap
c gatewayClasses
l envVarFrom extraContainerArgs initContainers ipFamilies revisionTags tolerations topologySpreadConstraints
l volumeMounts volumes
m _internal_defaults_do_not_set affinity autoscaleBehavior deploymentAnnotations deploymentLabels env memory meshConfig
m nodeSelector podAnnotations podLabels seccompProfile serviceAccountAnnotations serviceAnnotations
m sidecarInjectorWebhookAnnotations
n autoscaleMax autoscaleMin replicaCount traceSampling
r resources
s hub image ipFamilyPolicy jwksResolverExtraRootCA keepaliveMaxServerConnectionAge ownerName rollingMaxSurge
s rollingMaxUnavailable tag trustedZtunnelName trustedZtunnelNamespace variant
base:
 * validationCABundle validationFailurePolicy validationURL
 b enableIstioConfigCRDs
cni:
 * ...
 b enabled
 s provider
cpu:
 n targetAverageUtilization
experimental:
 b stableValidationPolicy
gateways:
 m seccompProfile securityContext
global:
 * ... agentgateway compatibilityVersion crlConfigMapName defaults enableReaderRBAC ipFamilies ipFamilyPolicy network
 * pilot platform podDNSSearchNamespaces profile readerServiceAccount revision terminationMessagePolicy tracer
 * trafficDistribution trustBundleName trustDomain
 b autoscaleEnabled configCluster configMap configValidation logAsJson mountMtlsCerts nativeNftables
 b omitSidecarInjectorConfigMap operatorManageWebhooks
 c gatewayClasses meshNetworks
 l certSigners envVarFrom extraContainerArgs imagePullSecrets initContainers revisionTags tolerations
 l topologySpreadConstraints volumeMounts volumes
 m affinity autoscaleBehavior deploymentAnnotations deploymentLabels env memory meshConfig nodeSelector podAnnotations
 m podLabels seccompProfile serviceAccountAnnotations serviceAnnotations sidecarInjectorWebhookAnnotations
 n autoscaleMax autoscaleMin replicaCount traceSampling
 r defaultResources resources
 s caAddress caName hub image imagePullPolicy istioNamespace jwksResolverExtraRootCA keepaliveMaxServerConnectionAge
 s meshID ownerName pilotCertProvider priorityClassName remotePilotAddress resourceScope rollingMaxSurge
 s rollingMaxUnavailable tag trustedZtunnelName trustedZtunnelNamespace variant
 t externalIstiod
 base:
  * validationCABundle validationFailurePolicy validationURL
  b enableIstioConfigCRDs
 cni:
  * ...
  b enabled
  s provider
 cpu:
  n targetAverageUtilization
 defaultPodDisruptionBudget:
  * minAvailable
  b enabled
 experimental:
  b stableValidationPolicy
 gateways:
  m seccompProfile securityContext
 istiod:
  t enableAnalysis
 istiodRemote:
  b enabled enabledLocalInjectorIstiod
  s injectionCABundle injectionPath injectionURL
 logging:
  s level
 multiCluster:
  * clusterName
 networkPolicy:
  b enabled
 pdb:
  * maxUnavailable
  n minAvailable
  s unhealthyPodEvictionPolicy
 proxy:
  * capNetBindService examples excludeIPRanges excludeInboundPorts excludeOutboundPorts holdApplicationUntilProxyStarts
  * includeOutboundPorts lifecycle variant
  m seccompProfile
  n readinessFailureThreshold readinessInitialDelaySeconds readinessPeriodSeconds
  r resources
  s autoInject clusterDomain componentLogLevel image includeIPRanges includeInboundPorts logLevel outlierLogPath
  s statusPort tracer
  t privileged
  startupProbe:
   b enabled
   n failureThreshold
 proxy_init:
  b forceApplyIptables
  s image
 sds:
  token:
   s aud
 sidecarInjectorWebhook:
  * ... annotations
  b enableNamespacesByDefault rewriteAppHTTPProbe
  c templates
  l alwaysInjectSelector defaultTemplates neverInjectSelector
  m injectedAnnotations
  s reinvocationPolicy
 sts:
  s servicePort
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
    t enabled
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
 * ... annotations
 b enableNamespacesByDefault rewriteAppHTTPProbe
 c templates
 l alwaysInjectSelector defaultTemplates neverInjectSelector
 m injectedAnnotations
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
   t enabled
`,
};
