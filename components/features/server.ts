import type { IServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor";
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Placement } from "../placement.ts";
import { HARDENED_CONTAINER, SCRATCH_MOUNT, scratchVolume } from "../pod-security.ts";
import { DATABASE_MOUNTS, databaseVolumes, userEnvironment } from "./database.ts";
import { ENVIRONMENT, labelsOf, METRICS_PORT, PORT, SERVER_POD, type Volume, type VolumeMount } from "./pod.ts";
import { SETTINGS_CONFIG } from "./settings.ts";

/** Until every proxy has heard that a replica is about to end, seconds. */
const FAREWELL_SECONDS = 10;
/** The server's own time for requests that run (images/feature-server/feature_store/serve.py), and some for its end. */
const DRAIN_SECONDS = 30;

export const SETTINGS_MOUNT: VolumeMount = { name: "settings", mountPath: "/etc/feast/settings", readOnly: true };
export const SETTINGS_VOLUME: Volume = { name: "settings", configMap: { name: SETTINGS_CONFIG } };

export interface ServerArgs {
  image: string;
  placement: Placement;
  replicas: number;
  /** Settings of Feast, which a pod reads only when it starts: other settings, another pod. */
  settings: pulumi.Input<string>;
}

export function serverSpec({ image, placement, replicas, settings }: ServerArgs): k8s.types.input.apps.v1.DeploymentSpec {
  const labels = labelsOf("server");
  return {
    replicas,
    selector: { matchLabels: labels },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    template: {
      metadata: { labels, annotations: { "millrace.dev/settings": settings } },
      spec: {
        ...SERVER_POD,
        ...placement,
        terminationGracePeriodSeconds: FAREWELL_SECONDS + DRAIN_SECONDS,
        ...(replicas > 1 && {
          topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
            maxSkew: 1,
            topologyKey,
            whenUnsatisfiable: "ScheduleAnyway",
            labelSelector: { matchLabels: labels },
          })),
        }),
        containers: [
          {
            name: "server",
            image,
            args: ["serve"],
            env: [...ENVIRONMENT, userEnvironment],
            ports: [
              { name: "http", containerPort: PORT },
              { name: "metrics", containerPort: METRICS_PORT },
            ],
            volumeMounts: [SCRATCH_MOUNT, SETTINGS_MOUNT, ...DATABASE_MOUNTS],
            // 330 MB at rest (measured, Feast 0.67).
            resources: {
              requests: { cpu: "200m", memory: "512Mi", "ephemeral-storage": "256Mi" },
              limits: { memory: "1Gi", "ephemeral-storage": "1Gi" },
            },
            // It imports Feast and reads the registry before it listens: about 10 s.
            startupProbe: { ...healthy, periodSeconds: 5, failureThreshold: 60 },
            readinessProbe: { ...healthy, periodSeconds: 10, failureThreshold: 2 },
            livenessProbe: { ...healthy, periodSeconds: 15, failureThreshold: 4 },
            lifecycle: { preStop: { sleep: { seconds: FAREWELL_SECONDS } } },
            securityContext: HARDENED_CONTAINER,
          },
        ],
        volumes: [scratchVolume("1Gi"), SETTINGS_VOLUME, ...databaseVolumes("feast_reader")],
      },
    },
  };
}

const healthy = { httpGet: { path: "/health", port: "http" }, timeoutSeconds: 5 };

export const serviceSpec: k8s.types.input.core.v1.ServiceSpec = {
  selector: labelsOf("server"),
  ports: [
    { name: "http", port: 80, targetPort: "http" },
    { name: "metrics", port: METRICS_PORT, targetPort: "metrics" },
  ],
};

/** A drain of nodes takes one replica away at a time. */
export const budgetSpec: k8s.types.input.policy.v1.PodDisruptionBudgetSpec = {
  maxUnavailable: 1,
  selector: { matchLabels: labelsOf("server") },
};

export const monitorSpec = {
  selector: { matchLabels: labelsOf("server") },
  endpoints: [{ port: "metrics", interval: "30s" }],
} satisfies IServiceMonitor["spec"];
