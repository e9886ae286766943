import type { IServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor";
import { HARDENED_CONTAINER } from "../pod-security.ts";
import { COUNTERS_FOLDER } from "./configuration.ts";
import { type Container, labelsOf, type Volume, type VolumeMount } from "./pod.ts";

export const METRICS_PORT = 9_464;

/**
 * Answers with what the workers have counted. The server's own `/metrics` answers to administrators alone, whose password Prometheus
 * shall not know. Ends at once on SIGTERM, which a first process ignores unless told.
 */
const PROGRAM = `
import signal, sys
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector
registry = CollectorRegistry()
MultiProcessCollector(registry, "${COUNTERS_FOLDER}")
start_http_server(${METRICS_PORT}, registry=registry)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
signal.pause()
`.trim();

/** A container beside the server that shows its counters and nothing else. */
export function metricsContainer(image: string): Container {
  return {
    name: "metrics",
    image,
    command: ["python", "-c", PROGRAM],
    ports: [{ name: "metrics", containerPort: METRICS_PORT }],
    volumeMounts: [{ ...countersMount, readOnly: true }],
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "128Mi" } },
    securityContext: HARDENED_CONTAINER,
  };
}

export const countersMount: VolumeMount = { name: "counters", mountPath: COUNTERS_FOLDER };

/** In memory: the files are mapped and written on every request. */
export const countersVolume: Volume = { name: "counters", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } };

export const monitorSpec = {
  selector: { matchLabels: labelsOf("server") },
  endpoints: [{ port: "metrics", interval: "30s" }],
} satisfies IServiceMonitor["spec"];
