import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { namespaceNamed, TO_DNS, tcp } from "../egress.ts";
import { HARDENED_CONTAINER, hardenedPod, SCRATCH_MOUNT, scratchVolume } from "../pod-security.ts";
import { API } from "../versions.ts";
import { placementOf } from "./compute.ts";
import { disruptionSpec } from "./disruption.ts";
import { SERVICE_PORTS, type ServingNames, serviceHost } from "./names.ts";
import { DRAIN_SECONDS, SERVER_USER } from "./runtimes/contract.ts";

/**
 * The program that gets copies of requests, sends each to both versions and compares the answers (docs/model-server.md). It is in the image
 * of our model server. Between releases both Services lead to one version: then it throws the copies away.
 */
export interface Comparer {
  /** Share of the requests that it gets copies of, percent. */
  percent: number;
  /** Numbers of two answers differ when they lie further apart. */
  tolerance: number;
}

/** What its objects are made from. */
export interface ComparerArgs extends Comparer {
  names: ServingNames;
  /** Model server image by digest. */
  image: pulumi.Input<string>;
  /** Port of the model's servers. */
  serverPort: number;
  /** Longest time that a request may take, seconds. */
  timeoutSeconds: number;
  /** Labels of the nodes that it runs on. */
  nodeLabels?: Record<string, string>;
  gatewayNamespace: string;
  monitoringNamespace: string;
  /** Time between two scrapes, seconds. */
  scrapeSeconds: number;
}

/** Port that it listens on. */
const PORT = 8080;
const labelsOf = ({ comparer }: ServingNames) => ({ app: comparer });

/** The comparer of a model, with an account that may do nothing. */
export function declareComparer(args: ComparerArgs, opts: pulumi.CustomResourceOptions): void {
  const { names, scrapeSeconds } = args;
  const name = names.comparer;
  const metadata = { name, namespace: names.namespace };
  const account = new k8s.core.v1.ServiceAccount(`${name}-account`, { metadata, automountServiceAccountToken: false }, opts);
  new k8s.apps.v1.Deployment(name, { metadata, spec: deploymentSpec(args) }, { ...opts, dependsOn: account });
  new k8s.core.v1.Service(`${name}-service`, { metadata, spec: serviceSpec(names) }, opts);
  new k8s.networking.v1.NetworkPolicy(`${name}-reach`, { metadata, spec: networkPolicySpec(args) }, opts);
  new k8s.policy.v1.PodDisruptionBudget(`${name}-budget`, { metadata, spec: disruptionSpec(name) }, opts);
  new k8s.apiextensions.CustomResource(
    `${name}-monitor`,
    { apiVersion: API.monitoring, kind: "PodMonitor", metadata, spec: podMonitorSpec(names, scrapeSeconds) },
    opts,
  );
}

function deploymentSpec({ names, image, tolerance, timeoutSeconds, nodeLabels }: ComparerArgs) {
  const variables = {
    COMPARE_OLD: `http://${serviceHost(names.stableService, names.namespace)}:${SERVICE_PORTS.http}`,
    COMPARE_NEW: `http://${serviceHost(names.canaryService, names.namespace)}:${SERVICE_PORTS.http}`,
    COMPARE_PORT: String(PORT),
    COMPARE_TOLERANCE: String(tolerance),
    COMPARE_TIMEOUT_SECONDS: String(timeoutSeconds),
  };
  const ping = { httpGet: { path: "/ping", port: "http" }, timeoutSeconds: 2 };
  return {
    replicas: 2,
    selector: { matchLabels: labelsOf(names) },
    template: {
      metadata: { labels: labelsOf(names) },
      spec: {
        ...hardenedPod(names.comparer, SERVER_USER),
        ...placementOf(names.comparer, { kind: "cpu", ...(nodeLabels && { nodeLabels }) }),
        containers: [
          {
            name: "comparer",
            image,
            imagePullPolicy: "IfNotPresent",
            securityContext: HARDENED_CONTAINER,
            command: ["compare-answers"],
            env: Object.entries(variables).map(([name, value]) => ({ name, value })),
            ports: [{ name: "http", containerPort: PORT }],
            startupProbe: { ...ping, periodSeconds: 2, failureThreshold: 30 },
            readinessProbe: { ...ping, periodSeconds: 5, failureThreshold: 2 },
            livenessProbe: { ...ping, periodSeconds: 10, failureThreshold: 6 },
            lifecycle: { preStop: { sleep: { seconds: DRAIN_SECONDS } } },
            resources: { requests: { cpu: "500m", memory: "256Mi" }, limits: { memory: "512Mi" } },
            volumeMounts: [SCRATCH_MOUNT],
          },
        ],
        volumes: [scratchVolume()],
      },
    },
  };
}

const serviceSpec = (names: ServingNames) => ({
  selector: labelsOf(names),
  ports: [{ name: "http", port: SERVICE_PORTS.http, targetPort: "http", appProtocol: "http" }],
});

/** In: copies from the gateway, scrapes. Out: names, and the servers of its model. */
const networkPolicySpec = ({ names, serverPort, gatewayNamespace, monitoringNamespace }: ComparerArgs) => ({
  podSelector: { matchLabels: labelsOf(names) },
  policyTypes: ["Ingress", "Egress"],
  ingress: [{ from: [namespaceNamed(gatewayNamespace), namespaceNamed(monitoringNamespace)], ports: tcp(PORT) }],
  egress: [TO_DNS, { to: [{ podSelector: { matchLabels: { app: names.name } } }], ports: tcp(serverPort) }],
});

/** What lets a model's servers be asked by its comparer. */
export const fromComparer = (names: ServingNames, serverPort: number) => ({
  from: [{ podSelector: { matchLabels: labelsOf(names) } }],
  ports: tcp(serverPort),
});

const podMonitorSpec = (names: ServingNames, scrapeSeconds: number) => ({
  selector: { matchLabels: labelsOf(names) },
  podMetricsEndpoints: [{ port: "http", path: "/metrics", interval: `${scrapeSeconds}s` }],
  podTargetLabels: ["app"],
  sampleLimit: 5_000,
});

/** `mirrors` of the model's root route: the gateway sends the copies and throws their answers away. */
export const mirrorsTo = (names: ServingNames, { percent }: Comparer) => [
  {
    destination: { host: serviceHost(names.comparer, names.namespace), port: { number: SERVICE_PORTS.http } },
    percentage: { value: percent },
  },
];
