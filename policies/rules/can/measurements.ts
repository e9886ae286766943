import type { Fault } from "../../findings.ts";
import { at, type Bag, bags, isSet, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { canaryOf, firstRequests, stepsOf } from "./rollouts.ts";
import { argumentsOf, filled, isMeant, queryOf, withInner } from "./templates.ts";

/** An analysis of a Rollout: one of its steps, or the one in the background. */
export interface Analysis {
  path: string;
  analysis: unknown;
  templates: readonly Bag[];
  isBackground: boolean;
  /** Index of its step; -1 in the background. */
  step: number;
  /** Whether it comes before the new version has any requests. */
  isBefore: boolean;
}

export function analysesOf(rollout: Resource): Analysis[] {
  const canary = "spec.strategy.canary";
  const steps = stepsOf(rollout);
  const first = firstRequests(steps);
  const found = [
    { path: `${canary}.analysis`, analysis: at(canaryOf(rollout), "analysis"), isBackground: true, step: -1, isBefore: false },
    ...steps.map((step, index) => ({
      path: `${canary}.steps[${index}].analysis`,
      analysis: at(step, "analysis"),
      isBackground: false,
      step: index,
      isBefore: index < first,
    })),
  ];
  return found
    .filter(({ analysis }) => analysis !== undefined)
    .map((each) => ({ ...each, templates: bags(each.analysis, "templates") }));
}

/** One metric of a template, as an analysis uses it. */
export interface Measurement {
  /** The entry of the analysis that names the template. */
  entry: Bag;
  metric: Bag;
  /** The query with the values of its arguments; of other providers than Prometheus their whole configuration. */
  query: string;
  isPrometheus: boolean;
  /** Whether its verdict is thrown away. */
  isDry: boolean;
  /** With the values of their arguments. */
  conditions: { successCondition?: string | undefined; failureCondition?: string | undefined };
  /** Where a field was written: in the template, or in the analysis where its arguments decide. */
  place: (field: string) => Pick<Fault, "resource" | "property">;
  /** The list in which it stands. */
  template: Pick<Fault, "resource" | "property">;
  /** Where a field stands in the template, whatever its arguments. */
  own: (field: string) => Pick<Fault, "resource" | "property">;
}

export const measurementsOf = (
  { path, analysis, templates: entries }: Analysis,
  rollout: Resource,
  templates: readonly Resource[],
): Measurement[] =>
  entries.flatMap((entry) =>
    templates
      .filter((template) => isMeant(template, entry, rollout))
      .map((template) => withInner(template, rollout, templates))
      .flatMap((all) =>
        all.flatMap((template) =>
          bags(template.inputs, "spec", "metrics").map((metric, index) =>
            measurement({ entry, metric, template, beside: all, rollout, path, analysis, own: `spec.metrics[${index}]` }),
          ),
        ),
      ),
  );

interface Use {
  entry: Bag;
  metric: Bag;
  template: Resource;
  /** The templates that are put together with it: the arguments of one are those of all. */
  beside: readonly Resource[];
  rollout: Resource;
  path: string;
  analysis: unknown;
  own: string;
}

function measurement({ entry, metric, template, beside, rollout, path, analysis, own }: Use): Measurement {
  const given = bags(analysis, "args");
  const values = argumentsOf(template, [...beside.flatMap(({ inputs }) => bags(inputs, "spec", "args")), ...given]);
  const written = queryOf(at(metric, "provider"));
  const condition = (field: string): string | undefined => {
    const found = text(metric, field);
    return found === undefined ? undefined : filled(found, values);
  };
  const names = given.flatMap((each) => text(each, "name") ?? []);
  const isGiven = (field: string): boolean => {
    const source = field.startsWith("provider") ? written : (text(metric, field) ?? "");
    return [...source.matchAll(/\{\{\s*args\.([\w-]+)/g)].some(([, name = ""]) => names.includes(name));
  };
  const inTemplate = (field: string) => ({ resource: template, property: `${own}.${field}` });
  const dryHere = bags(analysis, "dryRun").some((each) => isCalled(each, metric));
  return {
    entry,
    metric,
    query: filled(written, values),
    isPrometheus: isSet(metric, "provider", "prometheus"),
    isDry: dryHere || bags(template.inputs, "spec", "dryRun").some((each) => isCalled(each, metric)),
    conditions: { successCondition: condition("successCondition"), failureCondition: condition("failureCondition") },
    place: (field) => {
      if (field === "dryRun") {
        return dryHere ? { resource: rollout, property: `${path}.dryRun` } : { resource: template, property: "spec.dryRun" };
      }
      return isGiven(field) ? { resource: rollout, property: `${path}.args` } : inTemplate(field);
    },
    template: { resource: template, property: "spec.metrics" },
    own: inTemplate,
  };
}

/** A dry run names its metrics by expressions of Go, which fit any part of a name (argo-rollouts, utils/analysis/helpers.go). One that is not read here may fit. */
function isCalled(dryRun: Bag, metric: Bag): boolean {
  const [pattern, name] = [text(dryRun, "metricName") ?? "", text(metric, "name") ?? ""];
  if (pattern === name || pattern === "*") {
    return true;
  }
  try {
    return new RegExp(pattern).test(name);
  } catch {
    return true;
  }
}
