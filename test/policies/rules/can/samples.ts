import type { Resource } from "#policies/resource";
import { resource } from "../../harness.ts";

export const stepsOf = (inputs: any): any[] => inputs.spec.strategy.canary.steps;

export const release = { layer: "workloads", resource: "fraud-rollout" } as const;

export const STEPS = "workloads-prod/fraud-rollout: 'spec.strategy.canary.steps";

/** A canary with two Services and no steps of its own. */
export const rollout = (canary: object): Resource =>
  made("argoproj.io/v1alpha1:Rollout", "release", {
    strategy: { canary: { canaryService: "m-canary", stableService: "m-stable", trafficRouting: { istio: {} }, ...canary } },
  });

export const template = (name: string, spec: object): Resource => made("argoproj.io/v1alpha1:AnalysisTemplate", name, spec);

export const made = (kind: string, name: string, spec: object): Resource =>
  resource(name, { metadata: { name, namespace: "models" }, spec }, { type: `kubernetes:${kind}`, address: `s/${name}` });

export const gate = (templateName: string, args?: object[]) => ({
  analysis: { templates: [{ templateName }], ...(args && { args }) },
});
