import { nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { flag, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";

const TEMPLATE = "kubernetes:argoproj.io/v1alpha1:AnalysisTemplate";
const CLUSTER_TEMPLATE = "kubernetes:argoproj.io/v1alpha1:ClusterAnalysisTemplate";

/** Templates of measurements that a stack brings. */
export const templatesAmong = (resources: readonly Resource[]): Resource[] =>
  resources.filter(({ type }) => type === TEMPLATE || type === CLUSTER_TEMPLATE);

/** Whether a Rollout means a template of the stack by an entry of its `templates`. */
export const isMeant = (template: Resource, entry: unknown, rollout: Resource): boolean =>
  nameOf(template) === text(entry, "templateName") &&
  (flag(entry, "clusterScope") === true
    ? template.type === CLUSTER_TEMPLATE
    : template.type === TEMPLATE && namespaceOf(template) === namespaceOf(rollout));
