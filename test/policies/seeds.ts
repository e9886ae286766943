import { istioTypes } from "#policies/kubernetes/istio";
import { WORKLOAD_PATCHES, WORKLOADS } from "#policies/kubernetes/workloads";
import { OPERATED } from "#policies/rules/gpu/operators";
import { BINDINGS, ROLES } from "#policies/rules/k8s/rights";

/** Valid objects of kinds that the golden stacks do not have, or have in one version only. */

const metadata = {
  name: "seed",
  namespace: "team-risk",
  labels: { "kueue.x-k8s.io/queue-name": "default", app: "seed" },
  annotations: { a: "b" },
};

const container = {
  name: "main",
  image: "ghcr.io/a/b:latest",
  env: [{ name: "PASSWORD", value: "hunter2" }],
  ports: [{ containerPort: 80, hostPort: 80 }],
  resources: { requests: { cpu: "1", memory: "1Gi", "nvidia.com/gpu": "1" }, limits: { memory: "1Gi", "nvidia.com/gpu": "1" } },
  securityContext: {
    privileged: true,
    allowPrivilegeEscalation: true,
    capabilities: { add: ["SYS_ADMIN"], drop: ["NET_RAW"] },
    runAsNonRoot: false,
    runAsUser: 0,
    seccompProfile: { type: "Unconfined" },
  },
  readinessProbe: { httpGet: { path: "/", port: "gone" }, periodSeconds: 10, failureThreshold: 3 },
  livenessProbe: { exec: { command: ["true"] } },
  lifecycle: { preStop: { exec: { command: ["sleep", "10"] } } },
};

const podSpec = {
  serviceAccountName: "default",
  automountServiceAccountToken: true,
  hostNetwork: true,
  shareProcessNamespace: true,
  terminationGracePeriodSeconds: 0,
  dnsConfig: { nameservers: ["192.0.2.1"] },
  nodeSelector: { "karpenter.sh/capacity-type": "spot" },
  tolerations: [{ key: "a", operator: "Exists", effect: "NoSchedule" }],
  topologySpreadConstraints: [{ topologyKey: "topology.kubernetes.io/zone", maxSkew: 9 }],
  volumes: [
    { name: "v", hostPath: { path: "/" } },
    { name: "m", emptyDir: { medium: "Memory" } },
  ],
  securityContext: { runAsNonRoot: false },
  initContainers: [{ ...container, restartPolicy: "Always" }],
  containers: [container],
  ephemeralContainers: [container],
};

const template = { metadata, spec: podSpec };
const jobSpec = { activeDeadlineSeconds: 10, ttlSecondsAfterFinished: 10, backoffLimit: 9, template };

const WORKLOAD_SPECS: Record<string, object> = {
  Pod: podSpec,
  Job: jobSpec,
  CronJob: { jobTemplate: { metadata, spec: jobSpec } },
  JobSet: { ttlSecondsAfterFinished: 10, replicatedJobs: [{ name: "a", template: { spec: jobSpec } }] },
};

const selector = { matchLabels: { app: "seed" }, matchExpressions: [{ key: "a", operator: "NotIn", values: ["b"] }] };
const identity = { issuerRegExp: ".*", subject: "s" };

const SPECS: [string, object][] = [
  ...istioTypes("security.istio.io", "PeerAuthentication").map((type): [string, object] => [
    type,
    { mtls: { mode: "PERMISSIVE" }, portLevelMtls: { "80": { mode: "DISABLE" } }, selector },
  ]),
  ...istioTypes("security.istio.io", "AuthorizationPolicy").map((type): [string, object] => [
    type,
    { action: "ALLOW", rules: [{ from: [{ source: { principals: ["*"] } }] }] },
  ]),
  ...istioTypes("networking.istio.io", "Gateway").map((type): [string, object] => [
    type,
    {
      servers: [
        {
          port: { number: 80, protocol: "HTTP" },
          hosts: ["*"],
          tls: { mode: "SIMPLE", minProtocolVersion: "TLSV1_0", cipherSuites: ["DES"] },
        },
      ],
    },
  ]),
  ...istioTypes("networking.istio.io", "DestinationRule").map((type): [string, object] => [
    type,
    {
      host: "seed",
      trafficPolicy: { tls: { mode: "DISABLE" }, portLevelSettings: [{ tls: { mode: "DISABLE" } }] },
      subsets: [{ name: "v1", trafficPolicy: { tls: { mode: "DISABLE" } } }],
    },
  ]),
  ...OPERATED.map((type): [string, object] => [type, { replicaSpecs: { Worker: { template } } }]),
  ...istioTypes("networking.istio.io", "ServiceEntry").map((type): [string, object] => [type, { hosts: ["*.com"] }]),
  ...["v1", "v1beta1"].map((version): [string, object] => [
    `kubernetes:external-secrets.io/${version}:ClusterSecretStore`,
    { conditions: [{ namespaces: [], namespaceSelector: {} }] },
  ]),
  ...istioTypes("networking.istio.io", "VirtualService").map((type): [string, object] => [
    type,
    {
      hosts: ["*"],
      http: [
        {
          name: "primary",
          timeout: "400s",
          corsPolicy: { allowOrigins: [{ regex: ".*" }], allowOrigin: ["*"] },
          mirror: { host: "copies.example.com" },
          retries: { attempts: 9, retryOn: "5xx" },
          delegate: { name: "x", namespace: "y" },
          route: [
            { destination: { host: "seed", subset: "v1" }, weight: 50 },
            { destination: { host: "other.y.svc.cluster.local" }, weight: 40 },
          ],
        },
      ],
    },
  ]),
  [
    "kubernetes:argoproj.io/v1alpha1:ClusterAnalysisTemplate",
    {
      args: [{ name: "a", value: "b" }],
      metrics: [{ name: "m", interval: "10s", failureLimit: -1, provider: { web: { url: "u" } } }],
    },
  ],
  [
    "kubernetes:policies.kyverno.io/v1:ImageValidatingPolicy",
    { validationActions: ["Audit"], attestors: [{ cosign: { keyless: { identities: [identity] } } }] },
  ],
  [
    "kubernetes:policy.sigstore.dev/v1beta1:ClusterImagePolicy",
    { mode: "warn", authorities: [{ keyless: { identities: [identity] } }] },
  ],
  [
    "kubernetes:kueue.x-k8s.io/v1beta1:Cohort",
    { resourceGroups: [{ flavors: [{ name: "f", resources: [{ name: "nvidia.com/gpu", nominalQuota: 9 }] }] }] },
  ],
  [
    "kubernetes:serving.kserve.io/v1beta1:InferenceService",
    { predictor: { logger: { mode: "all" } }, transformer: { logger: { mode: "request" } } },
  ],
];

const fetched = {
  data: [{ remoteRef: { key: "rds!db-1" } }],
  dataFrom: [{ extract: { key: "rds!db-1" } }, { find: { name: {} } }],
};

/** Types with their inputs. */
export const KUBERNETES_SEEDS: readonly (readonly [type: string, inputs: object])[] = [
  ...WORKLOADS.filter((type) => type.endsWith("List")).map((type): [string, object] => [
    type,
    {
      metadata: {},
      items: [
        {
          apiVersion: "v1",
          kind: "Pod",
          metadata,
          template,
          spec: { ...podSpec, template, jobTemplate: { spec: { template } } },
        },
      ],
    },
  ]),
  ...[...WORKLOADS.filter((type) => !type.endsWith("List")), ...WORKLOAD_PATCHES].map((type): [string, object] => [
    type,
    {
      metadata,
      template,
      spec: WORKLOAD_SPECS[type.split(":").at(-1)?.replace("Patch", "") ?? ""] ?? { replicas: 1, selector, template },
    },
  ]),
  ...["PersistentVolume", "PersistentVolumePatch"].map((kind): [string, object] => [
    `kubernetes:core/v1:${kind}`,
    { metadata, spec: { hostPath: { path: "/" }, local: { path: "/etc" } } },
  ]),
  ...SPECS.map(([type, spec]): [string, object] => [type, { metadata, spec }]),
  [
    "kubernetes:core/v1:NamespacePatch",
    { metadata: { ...metadata, labels: { "pod-security.kubernetes.io/enforce": "privileged" } } },
  ],
  ["kubernetes:core/v1:ConfigMap", { metadata, data: { password: "hunter2" } }],
  ...["core/v1:Secret", "core/v1:SecretPatch", "v1:Secret"].map((type): [string, object] => [
    `kubernetes:${type}`,
    { metadata, stringData: { password: "hunter2" } },
  ]),
  ...["v3:Release", "v4:Chart", "v3:Chart"].map((type): [string, object] => [
    `kubernetes:helm.sh/${type}`,
    {
      chart: "kueue",
      version: "1",
      repositoryOpts: { repo: "http://a", password: "hunter2" },
      fetchOpts: { repo: "http://a", version: "1", password: "hunter2" },
      postRenderer: "a",
      plainHttp: true,
      values: {
        image: { tag: "latest" },
        service: { type: "LoadBalancer", annotations: { a: "b" } },
        managerConfig: { controllerManagerConfigYaml: "integrations: { frameworks: [pod] }" },
        env: [{ name: "PASSWORD", value: "hunter2" }],
      },
    },
  ]),
  ["kubernetes:core/v1:Service", { metadata, spec: { type: "LoadBalancer", externalIPs: ["203.0.113.1"] } }],
  [
    "kubernetes:keda.sh/v1alpha1:ScaledObject",
    {
      metadata: { ...metadata, annotations: { "autoscaling.keda.sh/paused-replicas": "0" } },
      spec: {
        scaleTargetRef: { kind: "Rollout", name: "seed" },
        minReplicaCount: 0,
        idleReplicaCount: 0,
        maxReplicaCount: 10,
        fallback: { failureThreshold: 3, replicas: 0 },
        advanced: { horizontalPodAutoscalerConfig: { behavior: { scaleUp: { stabilizationWindowSeconds: 3600 } } } },
        triggers: [
          {
            type: "prometheus",
            metricType: "Utilization",
            metadata: { ignoreNullValues: "true", unsafeSsl: "true", value: "150" },
            authenticationRef: { name: "seed", kind: "ClusterTriggerAuthentication" },
          },
        ],
      },
    },
  ],
  [
    "kubernetes:keda.sh/v1alpha1:ScaledJob",
    { metadata, spec: { triggers: [{ type: "cpu", authenticationRef: { kind: "ClusterTriggerAuthentication" } }] } },
  ],
  ["kubernetes:keda.sh/v1alpha1:ClusterTriggerAuthentication", { metadata }],
  ["kubernetes:core/v1:ServiceAccount", { metadata, automountServiceAccountToken: true }],
  [
    "kubernetes:networking.k8s.io/v1:Ingress",
    {
      metadata: { ...metadata, annotations: { "alb.ingress.kubernetes.io/listen-ports": "[]" } },
      spec: {
        tls: [{ hosts: ["a.example.com"], secretName: "a" }],
        rules: [{ host: "a.example.com", http: { paths: [{ backend: { service: { name: "m-canary" } } }] } }],
      },
    },
  ],
  [
    "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
    { metadata, spec: { rules: [{ backendRefs: [{ name: "m-canary", namespace: "y" }] }] } },
  ],
  [
    "kubernetes:gateway.networking.k8s.io/v1:Gateway",
    { metadata, spec: { listeners: [{ name: "http", protocol: "HTTPS", hostname: "*", tls: { certificateRefs: [] } }] } },
  ],
  [
    "kubernetes:networking.istio.io/v1alpha3:EnvoyFilter",
    { metadata, spec: { configPatches: [{ patch: { value: { route: { cluster: "a" } } } }] } },
  ],
  ...["v1", "v1beta1"].map((version): [string, object] => [
    `kubernetes:external-secrets.io/${version}:ExternalSecret`,
    { metadata, spec: { target: { template: { data: { password: "{{ .password }}" } } } } },
  ]),
  [
    "kubernetes:external-secrets.io/v1:ClusterExternalSecret",
    {
      metadata,
      spec: {
        externalSecretSpec: {
          refreshPolicy: "Periodic",
          refreshInterval: "0",
          secretStoreRef: { kind: "ClusterSecretStore", name: "gone" },
          data: [{ remoteRef: { key: "a" }, sourceRef: { storeRef: { name: "gone" } } }],
          dataFrom: [{ sourceRef: { generatorRef: { kind: "Password", name: "gone" } } }],
        },
      },
    },
  ],
  ["kubernetes:external-secrets.io/v1alpha1:ExternalSecret", { metadata, spec: fetched }],
  ...["v1beta1", "v1alpha1"].map((version): [string, object] => [
    `kubernetes:external-secrets.io/${version}:ClusterExternalSecret`,
    { metadata, spec: { namespaces: ["team-a"], namespaceSelectors: [{}], externalSecretSpec: fetched } },
  ]),
  ...["v1:SecretStore", "v1beta1:SecretStore", "v1alpha1:SecretStore", "v1alpha1:ClusterSecretStore"].map(
    (kind): [string, object] => [
      `kubernetes:external-secrets.io/${kind}`,
      { metadata, spec: { conditions: [{ namespaces: ["team-a"] }], provider: { aws: { role: "", auth: {} } } } },
    ],
  ),
  ...["PushSecret", "ClusterPushSecret"].map((kind): [string, object] => [
    `kubernetes:external-secrets.io/v1alpha1:${kind}`,
    { metadata },
  ]),
  ["aws:ecr/pullThroughCacheRule:PullThroughCacheRule", { upstreamRegistryUrl: "ghcr.io" }],
  ...["ecr/repositoryCreationTemplate:RepositoryCreationTemplate", "ecrpublic/repositoryPolicy:RepositoryPolicy"].map(
    (type): [string, object] => [
      `aws:${type}`,
      {
        imageTagMutability: "MUTABLE",
        encryptionConfigurations: [{ encryptionType: "AES256" }],
        policy: "{}",
        repositoryPolicy: '{"Statement":[{"Effect":"Allow","Principal":"*"}]}',
      },
    ],
  ),
  ["aws:ecrpublic/repository:Repository", {}],
  ["aws:ebs/volume:Volume", { size: 9_000, iops: 64_000, throughput: 2_000 }],
  ["random:index/randomBytes:RandomBytes", { length: 8 }],
  ...["Validating", "Mutating"].map((kind): [string, object] => [
    `kubernetes:admissionregistration.k8s.io/v1:${kind}WebhookConfiguration`,
    {
      metadata,
      webhooks: [
        {
          clientConfig: { service: { name: "kueue" } },
          failurePolicy: "Fail",
          rules: [{ apiGroups: [""] }],
          namespaceSelector: selector,
        },
      ],
    },
  ]),
  ...["v1", "v2", "v2beta1", "v2beta2"].map((version): [string, object] => [
    `kubernetes:autoscaling/${version}:HorizontalPodAutoscaler`,
    {
      metadata,
      spec: {
        minReplicas: 3,
        maxReplicas: 3,
        metrics: [{ type: "Resource", resource: { name: "cpu", target: { averageUtilization: 500 } } }],
        behavior: { scaleUp: { selectPolicy: "Disabled", stabilizationWindowSeconds: 3600 } },
        targetCPUUtilizationPercentage: 500,
      },
    },
  ]),
  ...ROLES.map((type): [string, object] => [
    type,
    {
      metadata,
      aggregationRule: { clusterRoleSelectors: [selector] },
      rules: [{ apiGroups: [""], resources: ["secrets", "pods/exec"], verbs: ["*", "escalate"], resourceNames: ["a"] }],
    },
  ]),
  ...BINDINGS.map((type): [string, object] => [
    type,
    { metadata, roleRef: { kind: "ClusterRole", name: "cluster-admin" }, subjects: [{ kind: "Group", name: "system:masters" }] },
  ]),
  [
    "kubernetes:admissionregistration.k8s.io/v1beta1:ValidatingAdmissionPolicy",
    {
      metadata,
      spec: {
        failurePolicy: "Fail",
        matchConstraints: {
          resourceRules: [{ apiGroups: ["batch"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["jobs"] }],
        },
        matchConditions: [{ name: "gpu", expression: "has(object.spec)" }],
        variables: [{ name: "spec", expression: "object.spec" }],
        validations: [{ expression: "variables.spec.suspend == true", message: "no" }],
      },
    },
  ],
  [
    "kubernetes:monitoring.coreos.com/v1alpha1:AlertmanagerConfig",
    {
      metadata,
      spec: {
        route: { receiver: "mail", routes: [{ receiver: "none", muteTimeIntervals: ["ever"] }] },
        receivers: [{ name: "mail", emailConfigs: [{ requireTLS: false }], webhookConfigs: [{ url: "http://a.b" }] }],
        inhibitRules: [{ sourceMatch: [{ name: "alertname", value: "Watchdog" }], targetMatch: [{ name: "a" }], equal: ["b"] }],
        muteTimeIntervals: [{ name: "ever", timeIntervals: [{}] }],
      },
    },
  ],
];
