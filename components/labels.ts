/** Labels by which parts of the platform find each other. Code that sets one and code that selects by it both take it from here. */
export const LABELS = {
  /** On nodes: the pool that they belong to; `system` for the managed node group. */
  pool: "millrace.dev/pool",
  /** On GPU nodes: the model of their GPUs. */
  accelerator: "millrace.dev/accelerator",
  /** On namespaces in which a team trains, with the team's name. Kueue manages the jobs there; model servers live elsewhere. */
  team: "millrace.dev/team",
  /** On namespaces of model servers, with the name of the team that they belong to. Kueue leaves these alone: its outage must not stop a model server. */
  serves: "millrace.dev/serves",
  /** On namespaces whose pods may call the tracking server: `client`. */
  tracking: "millrace.dev/tracking",
  /** On namespaces whose pods may call the feature store: `client`. */
  features: "millrace.dev/features",
  /** On namespaces of other people's controllers: `chart`. Our rules for pods are not kept in them (policies/admission.ts). */
  filledBy: "millrace.dev/filled-by",
  /** On nodes with NVIDIA GPUs; the AL2023 image sets it at boot too (EKS user guide, "Manage NVIDIA GPU devices"). */
  gpuPresent: "nvidia.com/gpu.present",
} as const;

/** Value of the pool label on nodes of the managed node group, where controllers run. */
export const SYSTEM_POOL = "system";

/** Extended resource that a pod asks for to get a GPU, and key of the taint that keeps other pods off GPU nodes. */
export const GPU = "nvidia.com/gpu";
