import { kubernetes, type StackMutant } from "./mutant.ts";

const SERVER = kubernetes("platform", "apps/v1:Deployment", "tracking-server");
const ROLLOUT = kubernetes("workloads", "argoproj.io/v1alpha1:Rollout", "fraud-rollout");
export const MIGRATION = kubernetes("platform", "batch/v1:Job", "tracking-migration");
export const COLLECTION = kubernetes("platform", "batch/v1:CronJob", "tracking-collection");

type Edit = (pod: any, container: any, spec: any) => void;

/** The server of MLflow, a Deployment. */
export const server = (what: string, edit: Edit): StackMutant =>
  SERVER.bad(what, ({ spec }) => edit(spec.template.spec, spec.template.spec.containers[0], spec));
/** The server of a model, a Rollout. */
export const model = (what: string, edit: Edit): StackMutant =>
  ROLLOUT.bad(what, ({ spec }) => edit(spec.template.spec, spec.template.spec.containers[0], spec));
/** What runs before the server of a model. */
export const fetch = (what: string, edit: (container: any) => void): StackMutant =>
  ROLLOUT.bad(what, ({ spec }) => edit(spec.template.spec.initContainers[0]));
export const migration = (what: string, edit: Edit): StackMutant =>
  MIGRATION.bad(what, ({ spec }) => edit(spec.template.spec, spec.template.spec.containers[0], spec));
export const collection = (what: string, edit: Edit): StackMutant =>
  COLLECTION.bad(what, ({ spec }) =>
    edit(spec.jobTemplate.spec.template.spec, spec.jobTemplate.spec.template.spec.containers[0], spec),
  );
export const fine = (what: string, edit: Edit): StackMutant =>
  SERVER.harmless(what, ({ spec }) => edit(spec.template.spec, spec.template.spec.containers[0], spec));
export const good = (what: string, edit: Edit): StackMutant =>
  ROLLOUT.harmless(what, ({ spec }) => edit(spec.template.spec, spec.template.spec.containers[0], spec));
