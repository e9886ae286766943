import { GPU, LABELS } from "../labels.ts";

/** Chart values that bring a DaemonSet onto every GPU node and onto no other. */
export const onGpuNodes = {
  nodeSelector: { [LABELS.gpuPresent]: "true" },
  // By key alone: EKS writes the taint with a value, others without.
  tolerations: [{ key: GPU, operator: "Exists", effect: "NoSchedule" }],
} as const;
