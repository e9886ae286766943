import { AnalysisTemplate } from "@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisTemplate";
import { Rollout } from "@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Rollout";
import { VirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";
import { EnvoyFilter } from "@kubernetes-models/istio/networking.istio.io/v1alpha3/EnvoyFilter";
import { PodMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor";

const KINDS = { AnalysisTemplate, Rollout, VirtualService, EnvoyFilter, PodMonitor };

/** Validates a custom resource against the schema of its CRD; throws what the API server would say. */
export function validate(inputs: Record<string, any>): void {
  const Kind = KINDS[inputs["kind"] as keyof typeof KINDS] as unknown as new (data: object) => { validate(): void };
  new Kind(inputs).validate();
}

export const hasSchema = (inputs: Record<string, any>): boolean => inputs["kind"] in KINDS;
