import { nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { type Bag, bags, flag, text } from "../../read.ts";
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

/** A template, those that it refers to by its own `templates`, and those below them: Argo Rollouts puts all their metrics together. */
export function withInner(
  template: Resource,
  rollout: Resource,
  templates: readonly Resource[],
  above: readonly Resource[] = [],
): Resource[] {
  const all = [...above, template];
  return [
    template,
    ...bags(template.inputs, "spec", "templates").flatMap((entry) =>
      templates
        .filter((each) => isMeant(each, entry, rollout) && !all.includes(each))
        .flatMap((each) => withInner(each, rollout, templates, all)),
    ),
  ];
}

/** Values of a template's arguments: its own, and those of the analysis that uses it. What the controller fills in has none. */
export const argumentsOf = ({ inputs }: Resource, given: readonly Bag[]): ReadonlyMap<string, string> =>
  new Map(
    [...bags(inputs, "spec", "args"), ...given].flatMap((argument): [string, string][] => {
      const value = text(argument, "value") ?? filledIn(argument);
      return value === undefined ? [] : [[text(argument, "name") ?? "", value]];
    }),
  );

/** Stands for the hash of the new version's pods in the text of a measurement. */
export const NEW_PODS = "<hash of the new pods>";

/** What the controller gives an argument: a hash of pods, a field of the Rollout, a key of a Secret. */
function filledIn(argument: Bag): string | undefined {
  const hash = text(argument, "valueFrom", "podTemplateHashValue");
  if (hash !== undefined) {
    return hash === "Latest" ? NEW_PODS : "<hash of the old pods>";
  }
  const source = text(argument, "valueFrom", "fieldRef", "fieldPath") ?? text(argument, "valueFrom", "secretKeyRef", "name");
  return source === undefined ? undefined : `<${source}>`;
}

/** A text with the values of its arguments; an argument without a value stays as it stands. */
export const filled = (written: string, values: ReadonlyMap<string, string>): string =>
  written.replaceAll(/\{\{\s*args\.([\w-]+)\s*\}\}/g, (whole, name: string) => values.get(name) ?? whole);

/** The query of a Prometheus provider; the whole configuration of any other provider. */
export const queryOf = (provider: unknown): string => text(provider, "prometheus", "query") ?? JSON.stringify(provider) ?? "";
