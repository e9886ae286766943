import type { KnownChart } from "./tree.ts";

/** Written by `npm run refresh:charts`. */
export const KUBE_PROMETHEUS_STACK: KnownChart = {
  version: "88.5.3",
  read: "88.5.3",
  keys: `
* additionalPrometheusRules extraManifests myLabel scmhash
b cleanPrometheusOperatorObjectNames
c additionalPrometheusRulesMap
m commonLabels customRules
s fullnameOverride kubeTargetVersionOverride kubeVersionOverride nameOverride namespaceOverride
alertmanager:
 * config
 b enabled forceDeployDashboards tplConfig
 c templateFiles
 l enableFeatures
 m additionalLabels annotations
 s apiVersion namespaceOverride stringConfig
 alertmanagerSpec:
  * configSecret enableServiceLinks externalUrl hostUsers nodeAffinity requests rollingUpdate serviceName
  * terminationGracePeriodSeconds type version volumeClaimTemplate
  b automountServiceAccountToken useExistingSecret
  c alertmanagerConfiguration clusterTLS persistentVolumeClaimRetentionPolicy storage web
  l additionalArgs additionalPeers configMaps containers hostAliases initContainers secrets tolerations
  l topologySpreadConstraints volumeMounts volumes
  m additionalConfig affinity alertmanagerConfigMatcherStrategy alertmanagerConfigNamespaceSelector
  m alertmanagerConfigSelector dnsConfig limits nodeSelector podMetadata securityContext tlsConfig updateStrategy
  n minReadySeconds replicas
  r resources
  s additionalConfigString clusterGossipInterval clusterLabel clusterPeerTimeout clusterPushpullInterval dnsPolicy
  s logFormat logLevel podAntiAffinity podAntiAffinityTopologyKey podManagementPolicy portName priorityClassName
  s retention routePrefix schedulerName scheme
  t clusterAdvertiseAddress forceEnableClusterMode hostNetwork listenLocal paused
  image:
   s pullPolicy registry repository sha tag
 extraSecret:
  * name
  m annotations data
 ingress:
  * extraPaths pathType serviceName servicePort
  b enabled
  l hosts paths tls
  m annotations labels
  s ingressClassName
 ingressPerReplica:
  * pathType
  b enabled
  l paths
  m annotations labels
  s hostDomain hostPrefix ingressClassName tlsSecretName
  tlsSecretPerReplica:
   b enabled
   s prefix
 networkPolicy:
  b enableClusterRules enabled
  l additionalIngress policyTypes
  egress:
   b enabled
   l rules
  gateway:
   * app.kubernetes.io/name
   m podLabels
   s namespace
  monitoringRules:
   b configReloader prometheus
 podDisruptionBudget:
  * ... maxUnavailable
  b enabled
  n minAvailable
  s unhealthyPodEvictionPolicy
 route:
  * ...
  main:
   * absoluteTimeout cookieConfig sessionName type
   b enabled httpsRedirect
   l additionalRules filters hostnames matches parentRefs
   m annotations labels sessionPersistence
   s apiVersion kind
 routePerReplica:
  * ...
  main:
   * absoluteTimeout cookieConfig sessionName type
   b enabled httpsRedirect
   l additionalRules filters matches parentRefs
   m annotations labels sessionPersistence
   s apiVersion hostDomain hostPrefix kind
 secret:
  m annotations
 service:
  * clusterPort
  b enabled
  l additionalPorts externalIPs loadBalancerSourceRanges
  m annotations labels
  s clusterIP externalTrafficPolicy loadBalancerIP nodePort port sessionAffinity targetPort type
  ipDualStack:
   b enabled
   l ipFamilies
   s ipFamilyPolicy
  sessionAffinityConfig:
   clientIP:
    n timeoutSeconds
 serviceAccount:
  b automountServiceAccountToken create
  m annotations
  s name
 serviceMonitor:
  * bearerTokenFile
  b enableHttp2 selfMonitor
  l additionalEndpoints metricRelabelings relabelings
  m additionalLabels tlsConfig
  n labelLimit labelNameLengthLimit labelValueLengthLimit sampleLimit targetLimit
  s interval proxyUrl scheme
 servicePerReplica:
  * clusterIP
  b enabled
  l loadBalancerSourceRanges
  m annotations
  s externalTrafficPolicy nodePort port targetPort type
 verticalPodAutoscaler:
  * controlledValues cpu memory recommenders
  b enabled
  c maxAllowed minAllowed
  l controlledResources
  updatePolicy:
   * ...
   s updateMode
coreDns:
 b enabled
 service:
  * selector
  b enabled
  s port targetPort
  ipDualStack:
   b enabled
   l ipFamilies
   s ipFamilyPolicy
 serviceMonitor:
  b enabled
  l metricRelabelings relabelings targetLabels
  m additionalLabels selector
  n labelLimit labelNameLengthLimit labelValueLengthLimit sampleLimit targetLimit
  s bearerTokenFile interval jobLabel port proxyUrl
crds:
 * global
 b enabled
 upgradeJob:
  * affinity annotations containerSecurityContext env extraVolumeMounts extraVolumes labels nodeAffinity nodeSelector
  * podAnnotations podLabels podSecurityContext resources tolerations topologySpreadConstraints
  b automountServiceAccountToken enabled forceConflicts
  image:
   busybox:
    s pullPolicy registry repository sha tag
   kubectl:
    s pullPolicy registry repository sha tag
  serviceAccount:
   b automountServiceAccountToken create
   m annotations labels
   s name
defaultRules:
 b create
 l additionalAggregationLabels
 m additionalRuleAnnotations additionalRuleLabels annotations disabled labels
 s appNamespacesOperator appNamespacesTarget keepFiringFor runbookUrl
 additionalRuleGroupAnnotations:
  c alertmanager configReloaders etcd general kubeApiserverSlos kubeControllerManager kubeProxy kubeSchedulerAlerting
  c kubeStateMetrics kubernetesApps kubernetesResources kubernetesStorage kubernetesSystem network nodeExporterAlerting
  c prometheus prometheusOperator
  m k8sContainerCpuUsageSecondsTotal k8sContainerMemoryCache k8sContainerMemoryRss k8sContainerMemorySwap
  m k8sContainerResource k8sPodOwner kubeApiserverAvailability kubeApiserverBurnrate kubeApiserverHistogram
  m kubePrometheusGeneral kubePrometheusNodeRecording kubeSchedulerRecording kubelet node nodeExporterRecording
 additionalRuleGroupLabels:
  * k8sContainerCpuLimits k8sContainerCpuRequests k8sContainerMemoryLimits k8sContainerMemoryRequests
  * k8sContainerMemoryWorkingSetBytes windows
  c alertmanager configReloaders etcd general k8sContainerCpuUsageSecondsTotal k8sContainerMemoryCache
  c k8sContainerMemoryRss k8sContainerMemorySwap k8sContainerResource k8sPodOwner kubeApiserverAvailability
  c kubeApiserverBurnrate kubeApiserverHistogram kubeApiserverSlos kubeControllerManager kubePrometheusGeneral
  c kubePrometheusNodeRecording kubeProxy kubeSchedulerAlerting kubeSchedulerRecording kubeStateMetrics kubelet
  c kubernetesApps kubernetesResources kubernetesStorage kubernetesSystem network node nodeExporterAlerting
  c nodeExporterRecording prometheus prometheusOperator
 kubeletClientCertificateExpiration:
  n critical warning
 kubeletServerCertificateExpiration:
  n critical warning
 node:
  s fsSelector
 rules:
  * k8sContainerCpuLimits k8sContainerCpuRequests k8sContainerMemoryLimits k8sContainerMemoryRequests
  b alertmanager configReloaders etcd general k8sContainerCpuUsageSecondsTotal k8sContainerMemoryCache
  b k8sContainerMemoryRss k8sContainerMemorySwap k8sContainerMemoryWorkingSetBytes k8sContainerResource k8sPodOwner
  b kubeApiserverAvailability kubeApiserverBurnrate kubeApiserverHistogram kubeApiserverSlos kubeControllerManager
  b kubePrometheusGeneral kubePrometheusNodeRecording kubeProxy kubeSchedulerAlerting kubeSchedulerRecording
  b kubeStateMetrics kubelet kubernetesApps kubernetesResources kubernetesStorage kubernetesSystem network node
  b nodeExporterAlerting nodeExporterRecording prometheus prometheusOperator windows
global:
 l imagePullSecrets
 s imageRegistry
 rbac:
  b create createAggregateClusterRoles
grafana:
 * adminPassword annotations argocd.argoproj.io/sync-options args command configMapAnnotations dnsPolicy
 * fullnameOverride hostUsers labels name nameOverride podAnnotations podLabels priorityClassName
 * progressDeadlineSeconds schedulerName
 b assertNoLeakedSecrets automountServiceAccountToken createConfigmap defaultDashboardsEditable defaultDashboardsEnabled
 b enableKubeBackwardCompatibility enableServiceLinks enabled forceDeployDashboards forceDeployDatasources
 b headlessService shadowBundledPlugins useStatefulSet
 c alerting dashboardProviders dashboardsConfigMaps envValueFrom lifecycleHooks notifiers
 l additionalDataSources deleteDatasources envFromConfigMaps envFromSecrets extraConfigmapMounts extraContainerVolumes
 l extraEmptyDirMounts extraExposePorts extraInitContainers extraObjects extraSecretMounts extraVolumeMounts
 l extraVolumes hostAliases plugins tolerations topologySpreadConstraints
 m affinity containerSecurityContext dashboards datasources dnsConfig env envRenderSecret extraLabels grafana.ini
 m livenessProbe nodeSelector podDisruptionBudget readinessProbe securityContext startupProbe
 n replicas revisionHistoryLimit
 r resources
 s additionalDataSourcesString adminUser defaultCurlOptions defaultDashboardsInterval defaultDashboardsTimezone
 s envFromSecret extraContainers gossipPortName namespaceOverride podPortName
 t prune shareProcessNamespace
 admin:
  s existingSecret passwordKey userKey
 autoscaling:
  b enabled
  m behavior
  n maxReplicas minReplicas
  s targetCPU targetMemory
 deploymentStrategy:
  * ...
  s type
 downloadDashboards:
  c envValueFrom
  m env securityContext
  r resources
  s envFromSecret
 downloadDashboardsImage:
  s pullPolicy registry repository sha tag
 global:
  * global imageRegistry
  l imagePullSecrets
 image:
  * tag
  l pullSecrets
  s pullPolicy registry repository sha
 imageRenderer:
  * annotations appProtocol command dnsPolicy hostUsers labels podLabels progressDeadlineSeconds schedulerName
  b enabled
  c envValueFrom
  l extraConfigmapMounts extraSecretMounts extraVolumeMounts extraVolumes hostAliases tolerations
  m affinity containerSecurityContext deploymentStrategy dnsConfig env nodeSelector podAnnotations securityContext
  n replicas revisionHistoryLimit
  r resources
  s existingSecret grafanaProtocol grafanaSubPath healthcheckPath podPortName priorityClassName renderingCallbackURL
  s serverURL serviceAccountName token
  t automountServiceAccountToken
  autoscaling:
   b enabled
   m behavior
   n maxReplicas minReplicas
   s targetCPU targetMemory
  image:
   l pullSecrets
   s pullPolicy registry repository sha tag
  networkPolicy:
   b limitEgress limitIngress
   l extraIngressSelectors
  service:
   * annotations clusterIP labels
   b enabled
   s appProtocol port portName targetPort
  serviceMonitor:
   * interval namespace scrapeTimeout
   b enabled
   l relabelings targetLabels
   m labels tlsConfig
   s path scheme
 ingress:
  * ingressClassName
  b enabled
  l extraPaths hosts tls
  m annotations labels
  s path pathType
 initChownData:
  b enabled
  m securityContext
  r resources
  image:
   s pullPolicy registry repository sha tag
 ldap:
  b enabled
  s config existingSecret
 listenerSet:
  * ...
  main:
   * group kind name namespace
   b enabled
   l listeners
   m annotations labels parentRef
   s apiVersion
 networkPolicy:
  b allowExternal enabled ingress
  l explicitIpBlocks
  m explicitNamespacesSelector
  egress:
   b blockDNSResolution enabled
   l ports to
 operator:
  * folderRef folderUID
  b dashboardsConfigMapRefEnabled
  m annotations matchLabels
  s folder resyncPeriod
 persistence:
  * annotations existingClaim selectorLabels storageClassName subPath
  b disableWarning enabled lookupVolumeName
  c persistentVolumeClaimRetentionPolicy
  l accessModes finalizers
  m extraPvcLabels
  s size type volumeName
  inMemory:
   * sizeLimit
   b enabled
 rbac:
  * useExistingClusterRole useExistingRole
  b create namespaced pspEnabled pspUseAppArmor
  l extraClusterRoleRules extraRoleRules namespaces
 route:
  * ...
  main:
   * absoluteTimeout backendRequest cookieConfig request sessionName type
   b enabled httpsRedirect
   l additionalRules filters hostnames matches parentRefs
   m annotations labels sessionPersistence timeouts
   s apiVersion kind
 service:
  * clusterIP externalIPs externalTrafficPolicy nodePort
  b enabled
  l ipFamilies loadBalancerSourceRanges
  m annotations labels
  s appProtocol ipFamilyPolicy loadBalancerClass loadBalancerIP port portName sessionAffinity targetPort
  s trafficDistribution type
 serviceAccount:
  * annotations
  b autoMount create
  m labels
  s name nameTest
  t automountServiceAccountToken
 serviceMonitor:
  * interval namespace scrapeTimeout
  b enabled
  c basicAuth
  l metricRelabelings relabelings targetLabels
  m labels tlsConfig
  s path scheme
 sidecar:
  * logLevel skipTlsVerify
  m livenessProbe readinessProbe securityContext
  r resources
  s imagePullPolicy
  t enableUniqueFilenames
  alerts:
   * ignoreAlreadyProcessed logLevel maxConnectRetries maxReadRetries maxTotalRetries restartPolicy script
   * searchNamespace skipTlsVerify startupProbe watchClientTimeout watchServerTimeout
   b enabled initAlerts skipReload
   c envValueFrom
   l extraMounts
   m env
   s label labelValue reloadURL resource resourceName sizeLimit watchMethod
  dashboards:
   * defaultFolderName folderAnnotation ignoreAlreadyProcessed logLevel maxConnectRetries maxReadRetries maxTotalRetries
   * restartPolicy script searchNamespace skipTlsVerify startupProbe watchClientTimeout watchServerTimeout
   b SCProvider enableNewTablePanelSyntax enabled initDashboards skipReload
   c envValueFrom
   l extraMounts
   m annotations env
   s folder label labelValue reloadURL resource resourceName sizeLimit watchMethod
   multicluster:
    etcd:
     b enabled
    global:
     b enabled
   provider:
    * updateIntervalSeconds
    n orgid
    s folder folderUid name type
    t allowUiUpdates disableDelete foldersFromFilesStructure
  datasources:
   * customQueryParameters defaultDatasourceScrapeInterval extraJsonData ignoreAlreadyProcessed logLevel
   * maxConnectRetries maxReadRetries maxTotalRetries restartPolicy script searchNamespace skipTlsVerify startupProbe
   * timeout url watchClientTimeout watchServerTimeout
   b createPrometheusReplicasDatasources defaultDatasourceEnabled enabled initDatasources isDefaultDatasource skipReload
   c envValueFrom
   l extraMounts
   m annotations env exemplarTraceIdDestinations
   s httpMethod label labelValue name prometheusServiceName reloadURL resource resourceName sizeLimit uid watchMethod
   alertmanager:
    * url
    b enabled
    s implementation name uid
    t handleGrafanaManagedAlerts
  image:
   s registry repository sha tag
  notifiers:
   * ignoreAlreadyProcessed logLevel maxConnectRetries maxReadRetries maxTotalRetries restartPolicy script
   * searchNamespace skipTlsVerify startupProbe watchClientTimeout watchServerTimeout
   b enabled initNotifiers skipReload
   l extraMounts
   m env
   s label labelValue reloadURL resource resourceName sizeLimit watchMethod
  plugins:
   * ignoreAlreadyProcessed logLevel maxConnectRetries maxReadRetries maxTotalRetries script searchNamespace
   * skipTlsVerify watchClientTimeout watchServerTimeout
   b enabled initPlugins skipReload
   l extraMounts
   m env
   s label labelValue reloadURL resource resourceName sizeLimit watchMethod
 smtp:
  s existingSecret passwordKey userKey
 testFramework:
  * hookType
  b enabled
  m containerSecurityContext securityContext
  r resources
  s imagePullPolicy
  image:
   s registry repository tag
 verticalPodAutoscaler:
  * container target targetRef
  b enabled
  s updateMode
  controlledResources:
   b cpu memory
  maxAllowed:
   * ...
   s cpu memory
  minAllowed:
   * ...
   s cpu memory
kube-state-metrics:
 * affinity collectors collectorsExclude collectorsExtra hostUsers namespaces namespacesDenylist priorityClassName
 * updateStrategy
 b automountServiceAccountToken enabled prometheusScrape releaseLabel releaseNamespace
 c selectorOverride
 l containers env extraArgs extraManifests imagePullSecrets initContainers metricAllowlist metricAnnotationsAllowList
 l metricDenylist metricLabelsAllowlist tolerations topologySpreadConstraints volumeMounts volumes
 m annotations containerSecurityContext customLabels dnsConfig labels nodeSelector podAnnotations podDisruptionBudget
 m podLabels securityContext
 n replicas revisionHistoryLimit
 r resources
 s dnsPolicy fullnameOverride nameOverride namespaceOverride
 t hostNetwork
 authFilter:
  b enabled
 autosharding:
  b enabled
 customResourceState:
  b create enabled
  m config
  s key name
 global:
  * global
  l imagePullSecrets
  s imageRegistry
 image:
  s pullPolicy registry repository sha tag
 kubeRBACProxy:
  b ignoreProbePaths
  l extraArgs volumeMounts
  m containerSecurityContext
  r resources
  s port proxyEndpointsPort
  t enabled
  image:
   s pullPolicy registry repository sha tag
 kubeconfig:
  * secret
  b enabled
 livenessProbe:
  n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
  httpGet:
   c httpHeaders
   s scheme
 networkPolicy:
  * egress ingress podSelector
  b enabled
 prometheus:
  monitor:
   * bearerTokenFile bearerTokenSecret enableHttp2 honorLabels interval metricRelabelings proxyUrl relabelings scheme
   * scrapeTimeout tlsConfig
   b enabled
   c selectorOverride
   l namespaceSelector podTargetLabels targetLabels
   m additionalLabels annotations
   n labelLimit labelNameLengthLimit labelValueLengthLimit sampleLimit targetLimit
   s jobLabel namespace
   http:
    b honorLabels
    l metricRelabelings relabelings
    m bearerTokenSecret tlsConfig
    s bearerTokenFile interval proxyUrl scheme scrapeTimeout
    t enableHttp2
   metrics:
    b honorLabels
    l metricRelabelings relabelings
    m bearerTokenSecret tlsConfig
    s bearerTokenFile interval proxyUrl scheme scrapeTimeout
    t enableHttp2
  scrapeconfig:
   b enabled honorLabels
   l metricRelabelings relabelings
   m additionalLabels annotations staticConfigLabels tlsConfig
   n labelLimit labelNameLengthLimit labelValueLengthLimit sampleLimit targetLimit
   s jobName proxyUrl scheme scrapeInterval scrapeTimeout
   t enableHttp2
 rbac:
  * useExistingRole
  b create useClusterRole
  l clusterRoleSelectors extraRules
  customResourceState:
   b createClusterRoleRules
 readinessProbe:
  n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
  httpGet:
   c httpHeaders
   s scheme
 selfMonitor:
  * telemetryHost telemetryNodePort telemetryPort
  b enabled
 service:
  l loadBalancerSourceRanges
  m annotations
  s clusterIP loadBalancerIP nodePort port type
  ipDualStack:
   b enabled
   l ipFamilies
   s ipFamilyPolicy
 serviceAccount:
  * name
  b automountServiceAccountToken create
  l imagePullSecrets
  m annotations
 startupProbe:
  b enabled
  n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
  httpGet:
   c httpHeaders
   s scheme
 verticalPodAutoscaler:
  * controlledValues cpu memory minReplicas recommenders updateMode updatePolicy
  b enabled
  c maxAllowed minAllowed
  l controlledResources
kubeApiServer:
 b enabled
 s jobNameOverride
 serviceMonitor:
  b enabled
  l metricRelabelings relabelings targetLabels
  m additionalLabels selector
  n labelLimit labelNameLengthLimit labelValueLengthLimit sampleLimit targetLimit
  s interval jobLabel proxyUrl
 tlsConfig:
  s serverName
  t insecureSkipVerify
kubeControllerManager:
 b enabled
 l endpoints
 s jobNameOverride
 service:
  * port selector targetPort
  b enabled
  ipDualStack:
   b enabled
   l ipFamilies
   s ipFamilyPolicy
 serviceMonitor:
  * https insecureSkipVerify serverName
  b enabled
  l metricRelabelings relabelings targetLabels
  m additionalLabels selector
  n labelLimit labelNameLengthLimit labelValueLengthLimit sampleLimit targetLimit
  s interval jobLabel port proxyUrl
kubeDns:
 b enabled
 service:
  * selector
  dnsmasq:
   s port targetPort
  ipDualStack:
   b enabled
   l ipFamilies
   s ipFamilyPolicy
  skydns:
   s port targetPort
 serviceMonitor:
  l dnsmasqMetricRelabelings dnsmasqRelabelings metricRelabelings relabelings targetLabels
  m additionalLabels selector
  n labelLimit labelNameLengthLimit labelValueLengthLimit sampleLimit targetLimit
  s bearerTokenFile interval jobLabel proxyUrl
kubeEtcd:
 b enabled
 l endpoints
 service:
  * selector
  b enabled
  s port targetPort
  ipDualStack:
   b enabled
   l ipFamilies
   s ipFamilyPolicy
 serviceMonitor:
  b enabled
  l metricRelabelings relabelings targetLabels
  m additionalLabels selector
  n labelLimit labelNameLengthLimit labelValueLengthLimit sampleLimit targetLimit
  s bearerTokenFile caFile certFile interval jobLabel keyFile port proxyUrl scheme serverName
  t insecureSkipVerify
kubeProxy:
 b enabled
 l endpoints
 s jobNameOverride
 service:
  * selector
  b enabled
  s port targetPort
  ipDualStack:
   b enabled
   l ipFamilies
   s ipFamilyPolicy
 serviceMonitor:
  b enabled https
  l metricRelabelings relabelings targetLabels
  m additionalLabels selector
  n labelLimit labelNameLengthLimit labelValueLengthLimit sampleLimit targetLimit
  s bearerTokenFile interval jobLabel port proxyUrl
kubeScheduler:
 b enabled
 l endpoints
 s jobNameOverride
 service:
  * port selector targetPort
  b enabled
  ipDualStack:
   b enabled
   l ipFamilies
   s ipFamilyPolicy
 serviceMonitor:
  * https insecureSkipVerify reource serverName
  b enabled
  l metricRelabelings relabelings targetLabels
  m additionalLabels selector
  n labelLimit labelNameLengthLimit labelValueLengthLimit sampleLimit targetLimit
  s interval jobLabel port proxyUrl
  resource:
   b enabled
   l metricRelabelings relabelings
   s interval
kubeStateMetrics:
 b enabled
kubelet:
 b enabled
 s jobNameOverride namespace
 serviceMonitor:
  * resourceMetricRelabelings scrapeTimeout
  b cAdvisor enabled honorLabels honorTimestamps https insecureSkipVerify kubelet probes resource
  b trackTimestampsStaleness
  l cAdvisorMetricRelabelings cAdvisorRelabelings metricRelabelings probesMetricRelabelings probesRelabelings
  l relabelings resourceRelabelings targetLabels
  m additionalLabels
  n labelLimit labelNameLengthLimit labelValueLengthLimit sampleLimit targetLimit
  s cAdvisorInterval interval proxyUrl resourceInterval resourcePath
  attachMetadata:
   * ...
   b node
kubernetesServiceMonitors:
 b enabled
nodeExporter:
 b enabled forceDeployDashboards
 operatingSystems:
  aix:
   b enabled
  darwin:
   b enabled
  linux:
   b enabled
prometheus:
 b agentMode enabled
 l additionalPodMonitors additionalRulesForClusterRole additionalServiceMonitors
 m additionalLabels annotations
 extraSecret:
  * name
  m annotations data
 ingress:
  * extraPaths pathType servicePort
  b enabled
  l hosts paths tls
  m annotations labels
  s ingressClassName
 ingressPerReplica:
  * pathType
  b enabled
  l paths
  m annotations labels
  s hostDomain hostPrefix ingressClassName tlsSecretName
  tlsSecretPerReplica:
   b enabled
   s prefix
 networkPolicy:
  * cilium egress ingress namespace podSelector
  b enabled
  s flavor
 podDisruptionBudget:
  * ... maxUnavailable
  b enabled
  n minAvailable
  s unhealthyPodEvictionPolicy
 prometheusSpec:
  * additionalScrapeConfigs arbitraryFSAccessThroughSMs enableServiceLinks excludedFromEnforcement hostUsers labels
  * nodeAffinity requests rollingUpdate serviceName terminationGracePeriodSeconds type
  b automountServiceAccountToken disableAlerting podMonitorSelectorNilUsesHelmValues probeSelectorNilUsesHelmValues
  b prometheusExternalLabelNameClear remoteWriteDashboards replicaExternalLabelNameClear ruleSelectorNilUsesHelmValues
  b scrapeConfigSelectorNilUsesHelmValues serviceMonitorSelectorNilUsesHelmValues walCompression
  c exemplars otlp persistentVolumeClaimRetentionPolicy query runtime shardRetentionPolicy storageSpec thanos web
  l additionalAlertManagerConfigs additionalAlertRelabelConfigs additionalArgs additionalRemoteRead
  l additionalRemoteWrite alertingEndpoints configMaps containers enableFeatures hostAliases initContainers
  l podTargetLabels prometheusRulesExcludedFromEnforce remoteRead remoteWrite remoteWriteReceiverMessageVersions
  l scrapeClasses scrapeProtocols secrets tolerations topologySpreadConstraints volumeMounts volumes
  m additionalAlertManagerConfigsSecret additionalAlertRelabelConfigsSecret additionalConfig
  m additionalPrometheusSecretsAnnotations additionalScrapeConfigsSecret affinity apiserverConfig dnsConfig
  m externalLabels nodeSelector podMetadata podMonitorNamespaceSelector podMonitorSelector probeNamespaceSelector
  m probeSelector ruleNamespaceSelector ruleSelector scrapeConfigNamespaceSelector scrapeConfigSelector securityContext
  m serviceMonitorNamespaceSelector serviceMonitorSelector shardingStrategy tracingConfig updateStrategy
  n enforcedKeepDroppedTargets keepDroppedTargets labelLimit labelNameLengthLimit labelValueLengthLimit
  n maximumStartupDurationSeconds minReadySeconds replicas shards targetLimit
  r resources
  s additionalConfigString bodySizeLimit dnsPolicy enforcedBodySizeLimit enforcedNamespaceLabel evaluationInterval
  s externalUrl logFormat logLevel nameEscapingScheme nameValidationScheme podAntiAffinity podAntiAffinityTopologyKey
  s podManagementPolicy portName priorityClassName prometheusExternalLabelName reloadStrategy replicaExternalLabelName
  s retention retentionSize routePrefix ruleQueryOffset schedulerName scrapeFailureLogFile scrapeInterval scrapeTimeout
  s serviceDiscoveryRole version
  t allowOverlappingBlocks convertClassicHistogramsToNHCB disableCompaction enableAdminAPI enableOTLPReceiver
  t enableRemoteWriteReceiver enforcedLabelLimit enforcedLabelNameLengthLimit enforcedLabelValueLengthLimit
  t enforcedSampleLimit enforcedTargetLimit hostNetwork ignoreNamespaceSelectors listenLocal overrideHonorLabels
  t overrideHonorTimestamps paused queryLogFile sampleLimit scrapeClassicHistograms scrapeNativeHistograms
  image:
   s pullPolicy registry repository sha tag
  tsdb:
   s outOfOrderTimeWindow
 route:
  * ...
  main:
   * absoluteTimeout cookieConfig sessionName type
   b enabled httpsRedirect
   l additionalRules filters hostnames matches parentRefs
   m annotations labels sessionPersistence
   s apiVersion kind
 routePerReplica:
  * ...
  main:
   * absoluteTimeout cookieConfig sessionName type
   b enabled httpsRedirect
   l additionalRules filters matches parentRefs
   m annotations labels sessionPersistence
   s apiVersion hostDomain hostPrefix kind
 service:
  * reloaderWebNodePort
  b enabled
  l additionalPorts externalIPs loadBalancerSourceRanges
  m annotations labels
  s clusterIP externalTrafficPolicy loadBalancerIP nodePort port reloaderWebPort sessionAffinity targetPort type
  t publishNotReadyAddresses
  ipDualStack:
   b enabled
   l ipFamilies
   s ipFamilyPolicy
  sessionAffinityConfig:
   clientIP:
    n timeoutSeconds
 serviceAccount:
  b automountServiceAccountToken create
  m annotations
  s name
 serviceMonitor:
  * bearerTokenFile proxyUrl
  b selfMonitor
  l additionalEndpoints metricRelabelings relabelings
  m additionalLabels tlsConfig
  n labelLimit labelNameLengthLimit labelValueLengthLimit sampleLimit targetLimit
  s interval scheme
 servicePerReplica:
  * clusterIP
  b enabled
  l loadBalancerSourceRanges
  m annotations
  s externalTrafficPolicy nodePort port targetPort type
  ipDualStack:
   b enabled
   l ipFamilies
   s ipFamilyPolicy
 thanosIngress:
  * pathType
  b enabled
  l hosts paths tls
  m annotations labels
  s ingressClassName nodePort servicePort
 thanosService:
  b enabled
  m annotations labels
  s clusterIP externalTrafficPolicy httpNodePort httpPort httpPortName nodePort port portName targetHttpPort targetPort
  s type
  ipDualStack:
   b enabled
   l ipFamilies
   s ipFamilyPolicy
 thanosServiceExternal:
  b enabled
  l loadBalancerSourceRanges
  m annotations labels
  s externalTrafficPolicy httpNodePort httpPort httpPortName loadBalancerIP nodePort port portName targetHttpPort
  s targetPort type
 thanosServiceMonitor:
  * bearerTokenFile labelLimit labelNameLengthLimit labelValueLengthLimit sampleLimit targetLimit
  b enabled
  l metricRelabelings relabelings
  m additionalLabels tlsConfig
  s interval scheme
 verticalPodAutoscaler:
  * controlledValues cpu memory recommenders
  b enabled
  c maxAllowed minAllowed
  l controlledResources
  updatePolicy:
   * ...
   s updateMode
prometheus-node-exporter:
 * hostUsers nameservers options priorityClassName restartPolicy searches terminationGracePeriodSeconds
 b enabled hostNetwork hostPID releaseLabel
 c configmaps extraHostVolumeMounts secrets sidecarHostVolumeMounts sidecarVolumeMount
 l endpoints extraArgs extraInitContainers extraManifests extraVolumeMounts extraVolumes imagePullSecrets sidecars
 l tolerations
 m affinity commonLabels containerSecurityContext daemonsetAnnotations dnsConfig env nodeSelector podAnnotations
 m podLabels securityContext
 n revisionHistoryLimit
 r resources
 s dnsPolicy fullnameOverride nameOverride namespaceOverride version
 t hostIPC
 global:
  * global
  l imagePullSecrets
  s imageRegistry
 hostProcFsMount:
  s mountPropagation
 hostRootFsMount:
  b enabled
  s mountPropagation
 hostSysFsMount:
  s mountPropagation
 image:
  * sha
  s digest pullPolicy registry repository tag
  t distroless
 kubeRBACProxy:
  b enableHostPort enableProxyEndpointsHostPort
  l extraArgs extraVolumeMounts
  m containerSecurityContext env
  r resources
  s port portName proxyEndpointsPort
  t enabled
  image:
   s pullPolicy registry repository sha tag
  tls:
   b enabled tlsClientAuth
 livenessProbe:
  n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
  httpGet:
   c httpHeaders
   s scheme
 networkPolicy:
  * ingress
  b enabled
 permissionInitContainer:
  l extraCommands
  m securityContext
  fixes:
   b rapl slabinfo
  image:
   s pullPolicy registry repository sha tag
 prometheus:
  monitor:
   * bearerTokenFile
   b enabled
   c basicAuth selectorOverride
   l metricRelabelings podTargetLabels relabelings targetLabels
   m additionalLabels tlsConfig
   n labelLimit labelNameLengthLimit labelValueLengthLimit sampleLimit targetLimit
   s apiVersion interval jobLabel namespace proxyUrl scheme scrapeTimeout
   attachMetadata:
    * ...
    b node
  podMonitor:
   b enabled honorLabels honorTimestamps
   c authorization basicAuth oauth2 params selectorOverride
   l metricRelabelings podTargetLabels relabelings
   m additionalLabels bearerTokenSecret tlsConfig
   n labelLimit labelNameLengthLimit labelValueLengthLimit sampleLimit targetLimit
   s apiVersion enableHttp2 filterRunning followRedirects interval jobLabel namespace path proxyUrl scheme scrapeTimeout
   attachMetadata:
    * ...
    b node
 rbac:
  * useExistingRole
  b create pspEnabled
 readinessProbe:
  n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
  httpGet:
   c httpHeaders
   s scheme
 service:
  * nodePort
  b enabled listenOnAllInterfaces
  m annotations labels
  s clusterIP externalTrafficPolicy internalTrafficPolicy port portName servicePort targetPort type
  ipDualStack:
   b enabled
   l ipFamilies
   s ipFamilyPolicy
 serviceAccount:
  * name
  b create
  l imagePullSecrets
  m annotations
  t automountServiceAccountToken
 terminationMessageParams:
  b enabled
  s terminationMessagePath terminationMessagePolicy
 tlsSecret:
  b enabled
  s caItem certItem keyItem secretName volumeName
 updateStrategy:
  * ...
  s type
  rollingUpdate:
   * ...
   n maxUnavailable
 verticalPodAutoscaler:
  * controlledValues cpu memory minReplicas recommenders updateMode updatePolicy
  b enabled
  c maxAllowed minAllowed
  l controlledResources
prometheus-windows-exporter:
 * nameservers options priorityClassName searches
 b enabled hostNetwork hostPID releaseLabel
 c configmaps extraHostVolumeMounts secrets sidecarHostVolumeMounts sidecarVolumeMount
 l extraArgs extraInitContainers imagePullSecrets sidecars tolerations
 m affinity containerSecurityContext daemonsetAnnotations dnsConfig env nodeSelector podAnnotations podLabels
 m securityContext
 r resources
 s config fullnameOverride nameOverride namespaceOverride
 global:
  * global
  l imagePullSecrets
  s imageRegistry
 image:
  * sha
  s digest pullPolicy registry repository tag
 livenessProbe:
  n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
  httpGet:
   c httpHeaders
   s path scheme
 prometheus:
  monitor:
   * bearerTokenFile
   b enabled
   c basicAuth selectorOverride
   l metricRelabelings podTargetLabels relabelings
   m additionalLabels tlsConfig
   n labelLimit labelNameLengthLimit labelValueLengthLimit sampleLimit targetLimit
   s apiVersion interval jobLabel namespace proxyUrl scheme scrapeTimeout
   attachMetadata:
    * ...
    b node
  podMonitor:
   b enabled honorLabels honorTimestamps
   c authorization basicAuth oauth2 params selectorOverride
   l metricRelabelings podTargetLabels relabelings
   m additionalLabels bearerTokenSecret tlsConfig
   n labelLimit labelNameLengthLimit labelValueLengthLimit sampleLimit targetLimit
   s apiVersion enableHttp2 filterRunning followRedirects interval jobLabel namespace path proxyUrl scheme scrapeTimeout
   attachMetadata:
    * ...
    b node
 rbac:
  b create
 readinessProbe:
  n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
  httpGet:
   c httpHeaders
   s path scheme
 service:
  * nodePort
  m annotations
  s port portName type
 serviceAccount:
  * name
  b create
  l imagePullSecrets
  m annotations
  t automountServiceAccountToken
 updateStrategy:
  * ...
  s type
  rollingUpdate:
   * ...
   n maxUnavailable
prometheusOperator:
 * alertmanagerDefaultBaseImage alertmanagerDefaultBaseImageRegistry clusterDomain hostUsers limits logFormat logLevel
 * priorityClassName prometheusDefaultBaseImage prometheusDefaultBaseImageRegistry requests
 b automountServiceAccountToken enabled hostNetwork kubeletEndpointsEnabled
 c featureGates
 l alertmanagerConfigNamespaces alertmanagerInstanceNamespaces denyNamespaces extraArgs extraVolumeMounts extraVolumes
 l prometheusInstanceNamespaces thanosRulerInstanceNamespaces tolerations
 m affinity annotations containerSecurityContext dnsConfig env labels lifecycle namespaces nodeSelector podAnnotations
 m podLabels securityContext strategy
 n revisionHistoryLimit terminationGracePeriodSeconds
 r resources
 s alertmanagerInstanceSelector fullnameOverride prometheusInstanceSelector secretFieldSelector
 s thanosRulerInstanceSelector
 t kubeletEndpointSliceEnabled
 admissionWebhooks:
  b enabled
  c matchConditions
  m annotations namespaceSelector objectSelector
  n timeoutSeconds
  s caBundle failurePolicy
  certManager:
   * issuerRef
   b enabled
   admissionCert:
    * revisionHistoryLimit
    s duration
   rootCert:
    * revisionHistoryLimit
    s duration
  createSecretJob:
   m securityContext
  deployment:
   * limits logFormat logLevel priorityClassName requests
   b automountServiceAccountToken enabled hostNetwork
   l promqlOptions tolerations
   m affinity annotations containerSecurityContext dnsConfig labels nodeSelector podAnnotations podLabels
   m securityContext strategy
   n replicas revisionHistoryLimit
   r resources
   image:
    s pullPolicy registry repository sha tag
   livenessProbe:
    b enabled
    n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
   podDisruptionBudget:
    * ... maxUnavailable
    b enabled
    n minAvailable
    s unhealthyPodEvictionPolicy
   readinessProbe:
    b enabled
    n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
   service:
    l additionalPorts externalIPs loadBalancerSourceRanges
    m annotations labels
    n nodePortTls
    s clusterIP externalTrafficPolicy loadBalancerIP nodePort type
    ipDualStack:
     b enabled
     l ipFamilies
     s ipFamilyPolicy
   serviceAccount:
    b create
    m annotations
    s name
    t automountServiceAccountToken
   tls:
    b enabled
    s internalPort tlsMinVersion
  mutatingWebhookConfiguration:
   m annotations
  patch:
   b enabled
   l tolerations
   m affinity annotations nodeSelector podAnnotations securityContext
   n ttlSecondsAfterFinished
   r resources
   s priorityClassName
   image:
    s pullPolicy registry repository sha tag
   serviceAccount:
    b automountServiceAccountToken create
    m annotations
  patchWebhookJob:
   m securityContext
  validatingWebhookConfiguration:
   m annotations
 image:
  s pullPolicy registry repository sha tag
 kubeletService:
  b enabled
  s name namespace selector
 livenessProbe:
  b enabled
  n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
 networkPolicy:
  * cilium matchLabels
  b enabled
  s flavor
 podDisruptionBudget:
  * ... maxUnavailable
  b enabled
  n minAvailable
  s unhealthyPodEvictionPolicy
 prometheusConfigReloader:
  b enableProbe
  r resources
  image:
   s registry repository sha tag
 readinessProbe:
  b enabled
  n failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
 service:
  l additionalPorts externalIPs loadBalancerSourceRanges
  m annotations labels
  n nodePortTls
  s clusterIP externalTrafficPolicy loadBalancerIP nodePort type
  ipDualStack:
   b enabled
   l ipFamilies
   s ipFamilyPolicy
 serviceAccount:
  b automountServiceAccountToken create
  m annotations
  s name
 serviceMonitor:
  b selfMonitor
  l metricRelabelings relabelings
  m additionalLabels
  n labelLimit labelNameLengthLimit labelValueLengthLimit sampleLimit targetLimit
  s interval scrapeTimeout
 thanosImage:
  s registry repository sha tag
 tls:
  b enabled
  s internalPort tlsMinVersion
 verticalPodAutoscaler:
  * controlledValues cpu memory recommenders
  b enabled
  c maxAllowed minAllowed
  l controlledResources
  updatePolicy:
   * ... minReplicas
   s updateMode
thanosRuler:
 * name
 b enabled
 m annotations
 extraSecret:
  * name
  m annotations data
 ingress:
  * pathType
  b enabled
  l hosts paths tls
  m annotations labels
  s ingressClassName
 podDisruptionBudget:
  * ... maxUnavailable
  b enabled
  n minAvailable
  s unhealthyPodEvictionPolicy
 route:
  * ...
  main:
   * absoluteTimeout cookieConfig sessionName type
   b enabled httpsRedirect
   l additionalRules filters hostnames matches parentRefs
   m annotations labels sessionPersistence
   s apiVersion kind
 service:
  b enabled
  l additionalPorts externalIPs loadBalancerSourceRanges
  m annotations labels
  s clusterIP externalTrafficPolicy loadBalancerIP nodePort port targetPort type
  ipDualStack:
   b enabled
   l ipFamilies
   s ipFamilyPolicy
 serviceAccount:
  b create
  m annotations
  s name
 serviceMonitor:
  * bearerTokenFile
  b selfMonitor
  l additionalEndpoints metricRelabelings relabelings
  m additionalLabels tlsConfig
  n labelLimit labelNameLengthLimit labelValueLengthLimit sampleLimit targetLimit
  s interval proxyUrl scheme
 thanosRulerSpec:
  * alertQueryUrl alertmanagersUrl enableServiceLinks excludedFromEnforcement externalPrefix hostUsers minReadySeconds
  * nodeAffinity requests rollingUpdate ruleConcurrentEval serviceName terminationGracePeriodSeconds type
  * volumeClaimTemplate
  b externalPrefixNilUsesHelmValues ruleSelectorNilUsesHelmValues
  c storage web
  l additionalArgs alertDropLabels containers enableFeatures extraEnv hostAliases initContainers queryEndpoints
  l remoteWrite tolerations topologySpreadConstraints volumeMounts volumes
  m additionalConfig affinity dnsConfig grpcServerTlsConfig labels nodeSelector podMetadata ruleNamespaceSelector
  m ruleSelector securityContext updateStrategy
  n replicas
  r resources
  s additionalConfigString alertRelabelConfigFile dnsPolicy enforcedNamespaceLabel evaluationInterval imagePullPolicy
  s logFormat logLevel objectStorageConfigFile podAntiAffinity podAntiAffinityTopologyKey podManagementPolicy portName
  s priorityClassName resendDelay retention routePrefix ruleGracePeriod ruleOutageTolerance ruleQueryOffset
  s tracingConfigFile version
  t listenLocal paused
  alertRelabelConfigs:
   m existingSecret secret
  alertmanagersConfig:
   m existingSecret secret
  image:
   s registry repository sha tag
  objectStorageConfig:
   m existingSecret secret
  queryConfig:
   m existingSecret secret
  tracingConfig:
   m existingSecret secret
windowsMonitoring:
 b enabled
`,
};
