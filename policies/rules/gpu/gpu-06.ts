import { type Fault, unless } from "../../findings.ts";
import { CHARTS, chartOf } from "../../kubernetes/charts.ts";
import { TEAM } from "../../kubernetes/labels.ts";
import { expressionsShown } from "../../kubernetes/objects.ts";
import { at, bag, bags, isSet, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { written } from "../../yaml.ts";

const WEBHOOKS = ["Validating", "Mutating"].map(
  (kind) => `kubernetes:admissionregistration.k8s.io/v1:${kind}WebhookConfiguration`,
);

/** Integrations whose webhooks check objects that every user makes. */
const EVERYBODYS = ["pod", "deployment", "statefulset"];

const SELECTOR = "a selector of the namespaces in which teams train";

/**
 * Measured with Kueue 0.18.3 and its default manifests: with Kueue down, no pod started in any namespace, model servers included, and
 * jobs that had finished did not complete. The chart takes the selector over into its webhooks, and lets those of pods, deployments
 * and stateful sets fail open only where the list of integrations leaves them out: it needs both.
 */
interface Trained {
  /** Label of the namespaces in which teams train; empty where clusters of others choose their own. */
  label: string;
  /** Kinds of job that must wait in a queue. */
  frameworks: readonly string[];
}

const TRAINED: Trained = { label: TEAM, frameworks: ["batch/job"] };

export const GPU_06 = rule<Trained>({
  id: "GPU-06",
  title: "Kueue sees the jobs of teams, and its webhooks fail closed only in their namespaces",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    "In the manager's configuration, set `managedJobsNamespaceSelector` to a label of team namespaces, and `integrations.frameworks` to the kinds of job in use. In manifests of your own, set the `namespaceSelector` of each webhook.",
  parameters: { dev: TRAINED, staging: TRAINED, prod: TRAINED },
  elsewhere: { label: "", frameworks: [] },
  types: [...CHARTS, ...WEBHOOKS],
  check: (resource, trained) =>
    WEBHOOKS.includes(resource.type) ? configurationFaults(resource) : chartFaults(resource, trained),
});

const VALUE = "managerConfig.controllerManagerConfigYaml";

function chartFaults(chart: Resource, { label, frameworks: needed }: Trained): Fault[] {
  if (chartOf(chart) !== "kueue") {
    return [];
  }
  const property = `values.${VALUE}`;
  const yaml = text(chart.inputs, "values", ...VALUE.split("."));
  const read = yaml === undefined ? undefined : written(yaml);
  // An empty text is an empty configuration.
  const configuration = read === null ? {} : read;
  if (configuration === undefined) {
    const got = yaml === undefined ? "nothing" : "a text that is not YAML";
    return [{ property, got, want: "a configuration with managedJobsNamespaceSelector and integrations.frameworks" }];
  }
  const selector = at(configuration, "managedJobsNamespaceSelector");
  // Without a list, the chart's own list applies, which has all three.
  const frameworks = isSet(configuration, "integrations", "frameworks")
    ? texts(configuration, "integrations", "frameworks")
    : EVERYBODYS;
  const everybodys = EVERYBODYS.filter((kind) => frameworks.includes(kind));
  const unseen = needed.filter((kind) => !frameworks.includes(kind));
  return [
    ...unless(isNarrow(selector) && (label === "" || isBy(selector, label)), {
      property: `${property}.managedJobsNamespaceSelector`,
      got: described(selector),
      want: label === "" || !isNarrow(selector) ? SELECTOR : `${SELECTOR}, by their label ${label}`,
    }),
    ...unless(unseen.length === 0 || !isSet(configuration, "integrations", "frameworks"), {
      property: `${property}.integrations.frameworks`,
      got: frameworks.join(", ") || "nothing",
      want: `a list with ${unseen.join(", ")}, or such a job takes machines past every quota`,
    }),
    ...unless(everybodys.length === 0, {
      property: `${property}.integrations.frameworks`,
      got: everybodys.join(", "),
      want: `a list without ${EVERYBODYS.join(", ")}`,
    }),
  ];
}

function configurationFaults({ inputs }: Resource): Fault[] {
  return bags(inputs, "webhooks").flatMap((webhook, index): Fault[] => {
    const served = text(webhook, "clientConfig", "service", "name") ?? text(inputs, "metadata", "name") ?? "";
    const closed = (text(webhook, "failurePolicy") ?? "Fail") === "Fail";
    const onlyItsOwn = bags(webhook, "rules").every((each) =>
      texts(each, "apiGroups").every((group) => group === "kueue.x-k8s.io"),
    );
    const selector = at(webhook, "namespaceSelector");
    const property = `webhooks[${index}].namespaceSelector`;
    return unless(!/kueue/.test(served) || !closed || onlyItsOwn || isNarrow(selector), {
      property,
      got: described(selector),
      want: SELECTOR,
    });
  });
}

/** Whether a selector requires a label. One that only excludes some namespaces selects all unforeseen ones. */
const isNarrow = (selector: unknown): boolean =>
  Object.keys(bag(selector, "matchLabels")).length > 0 ||
  bags(selector, "matchExpressions").some((each) => ["In", "Exists"].includes(text(each, "operator") ?? ""));

/** Whether a selector chooses every namespace that has the label, and no less: another label would be one that nobody sets. */
const isBy = (selector: unknown, label: string): boolean =>
  Object.keys(bag(selector, "matchLabels")).length === 0 &&
  bags(selector, "matchExpressions").every((each) => text(each, "operator") !== "Exists" || text(each, "key") === label) &&
  bags(selector, "matchExpressions").some((each) => text(each, "key") === label);

const described = (selector: unknown): string => expressionsShown(selector) || "nothing";
