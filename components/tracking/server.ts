import type * as k8s from "@pulumi/kubernetes";
import type { Placement } from "../placement.ts";
import { HARDENED_CONTAINER, SCRATCH_MOUNT, scratchVolume } from "../pod-security.ts";
import { ACCESS_MOUNT, ACCESS_VOLUME, accessDigest, type TrackingAccess } from "./access.ts";
import { type Configuration, PORT, serverArguments, serverEnvironment } from "./configuration.ts";
import { SURGE } from "./connections.ts";
import { DATABASE_MOUNTS, DATABASE_VOLUMES } from "./database.ts";
import { countersMount, countersVolume, metricsContainer } from "./metrics.ts";
import { type Container, labelsOf, podSecurity } from "./pod.ts";

/** Requests that run when a replica is told to end may take this long: an upload of some gigabytes, seconds. */
const DRAIN_SECONDS = 120;

/** Until every proxy has heard that a replica is about to end, seconds. */
const FAREWELL_SECONDS = 10;

export interface ServerArgs extends Configuration {
  access: TrackingAccess;
  image: string;
  placement: Placement;
  /** Absent where an autoscaler sets the number. */
  fixedReplicas?: number;
  /** Whether more than one replica can run. */
  spread: boolean;
}

export function serverSpec(server: ServerArgs): k8s.types.input.apps.v1.DeploymentSpec {
  const { access, fixedReplicas, image, placement, spread } = server;
  const labels = labelsOf("server");
  return {
    ...(fixedReplicas !== undefined && { replicas: fixedReplicas }),
    selector: { matchLabels: labels },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: SURGE, maxUnavailable: 0 } },
    template: {
      metadata: {
        labels,
        annotations: { "millrace.dev/access": accessDigest(access) },
      },
      spec: {
        ...podSecurity,
        ...placement,
        terminationGracePeriodSeconds: FAREWELL_SECONDS + DRAIN_SECONDS,
        ...(spread && { topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map(spreadOver) }),
        containers: [serverContainer(server), metricsContainer(image)],
        volumes: [
          // Uploads and downloads through the server lie here while they pass.
          scratchVolume("10Gi"),
          countersVolume,
          ACCESS_VOLUME,
          ...DATABASE_VOLUMES,
        ],
      },
    },
  };
}

function serverContainer(server: ServerArgs): Container {
  const { image, workers } = server;
  return {
    name: "server",
    image,
    command: ["mlflow"],
    args: serverArguments(server),
    env: serverEnvironment(server),
    ports: [{ name: "http", containerPort: PORT }],
    volumeMounts: [SCRATCH_MOUNT, countersMount, ACCESS_MOUNT, ...DATABASE_MOUNTS],
    resources: resources(workers),
    // The server looks at its tables before it listens: about 10 s, longer when the database is.
    startupProbe: { ...healthy, periodSeconds: 5, failureThreshold: 60 },
    readinessProbe: { ...healthy, periodSeconds: 10, failureThreshold: 2 },
    livenessProbe: { ...healthy, periodSeconds: 15, failureThreshold: 4 },
    lifecycle: { preStop: { sleep: { seconds: FAREWELL_SECONDS } } },
    securityContext: HARDENED_CONTAINER,
  };
}

/** Asks neither for an account nor for a host name that is allowed. */
const healthy = { httpGet: { path: "/health", port: "http" }, timeoutSeconds: 5 };

/** Each worker, and the process that starts them, takes 260 MB at rest (measured, MLflow 3.17); large files take more while they pass. */
function resources(workers: number): k8s.types.input.core.v1.ResourceRequirements {
  return {
    requests: { cpu: "500m", memory: `${512 * (workers + 1)}Mi`, "ephemeral-storage": "2Gi" },
    limits: { memory: `${1_024 * (workers + 1)}Mi`, "ephemeral-storage": "12Gi" },
  };
}

function spreadOver(topologyKey: string): k8s.types.input.core.v1.TopologySpreadConstraint {
  return { maxSkew: 1, topologyKey, whenUnsatisfiable: "ScheduleAnyway", labelSelector: { matchLabels: labelsOf("server") } };
}

/** A drain of nodes takes one replica away at a time. */
export const budgetSpec: k8s.types.input.policy.v1.PodDisruptionBudgetSpec = {
  maxUnavailable: 1,
  selector: { matchLabels: labelsOf("server") },
};
