import type * as pulumi from "@pulumi/pulumi";
import { onGpuNodes } from "../gpu/gpu-nodes.ts";
import { GPU } from "../labels.ts";
import { anyText, byKind, mapOf, matching, optional, wholeNumber } from "../shape.ts";
import { check, given } from "../validation.ts";

/** What one model server runs on. */
export type Compute =
  | {
      kind: "cpu";
      /** @default "500m" */
      cpu?: string;
      /** @default "1Gi" */
      memory?: string;
      /** Labels of the nodes of a CPU pool. @default - any node without a taint */
      nodeLabels?: Record<string, string>;
    }
  | {
      kind: "gpu";
      /** Whole GPUs of one server. */
      gpus: number;
      /** Labels of the nodes of the inference pool. */
      nodeLabels: Record<string, string>;
      /** @default "3", what a GPU node of four processors has left */
      cpu?: string;
      /** @default "12Gi" */
      memory?: string;
    };

const COMPUTE_DEFAULTS = { cpu: { cpu: "500m", memory: "1Gi" }, gpu: { cpu: "3", memory: "12Gi" } } as const;

/** A positive Kubernetes quantity of CPUs: `4`, `0.5`, `500m`. */
const CPU = /^(?=.*[1-9])\d+(\.\d+)?m?$/;

/** A positive Kubernetes quantity of bytes: `16Gi`, `512Mi`, `2G`. */
const MEMORY = /^(?=.*[1-9])\d+(\.\d+)?([KMGTPE]i|[kMGTPE])?$/;

/** Rules of what one pod asks for. */
export const SIZE = {
  cpu: optional(matching(CPU, "a Kubernetes quantity of CPUs such as 500m or 4")),
  memory: optional(matching(MEMORY, "a Kubernetes quantity of memory such as 16Gi")),
};

const SHAPES = {
  cpu: { ...SIZE, nodeLabels: optional(mapOf(anyText)) },
  gpu: { ...SIZE, gpus: wholeNumber({ min: 1 }), nodeLabels: mapOf(anyText) },
};

export const compute = byKind<Compute, "kind">("kind", SHAPES);

/** @throws {pulumi.ResourceError} when an argument belongs to another kind. */
export function checkCompute(compute: Compute, on: pulumi.Resource): void {
  const allowed = ["kind", ...Object.keys(SHAPES[compute.kind])];
  for (const key of Object.keys(given(compute))) {
    check.oneOf("compute", key, allowed, on);
  }
}

/** Whole GPUs of one server. */
export const gpusOf = (compute: Compute): number => (compute.kind === "gpu" ? compute.gpus : 0);

/** Requests and limits of a server's container. */
export function resourcesOf(compute: Compute) {
  const { cpu, memory } = { ...COMPUTE_DEFAULTS[compute.kind], ...given(compute) };
  const gpu = compute.kind === "gpu" ? { [GPU]: String(compute.gpus) } : {};
  return { requests: { cpu, memory, ...gpu }, limits: { memory, ...gpu } };
}

/** The part of a pod's specification that says where it runs: over zones where that can be had, on GPU nodes only with GPUs. */
export function placementOf(name: string, compute: Compute) {
  const spread = {
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "topology.kubernetes.io/zone",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: { app: name } },
      },
    ],
  };
  return compute.kind === "cpu"
    ? { ...spread, ...(compute.nodeLabels && { nodeSelector: compute.nodeLabels }) }
    : {
        ...spread,
        nodeSelector: compute.nodeLabels,
        tolerations: [...onGpuNodes.tolerations],
      };
}
