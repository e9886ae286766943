import type { Finding } from "../../findings.ts";
import { nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { type Expression, type Matcher, selectorsIn } from "../../promql/syntax.ts";
import { answersOf } from "../../promql/values.ts";
import { text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { holdsFor } from "./conditions.ts";
import type { Measurement } from "./measurements.ts";

/*
 * How often two versions are right, which a job pushes by version once labels have come. Queries of it compare the versions; they say
 * nothing of errors and latency, so that they are tried with versions of which one is better.
 */

const QUALITY = "mlops_online_quality";
const LABELS = "mlops_online_quality_samples";
const PUSHED = [QUALITY, LABELS];
/** What such a query may ask besides: which pods run, and when something was pushed. */
const BESIDE = ["up", "push_time_seconds"];

/** Whether a query asks how often versions are right, and nothing else. */
export const isOfAccuracy = (query: Expression): boolean => {
  const names = selectorsIn(query).map(({ name }) => name);
  return names.some((name) => PUSHED.includes(name)) && names.every((name) => [...PUSHED, ...BESIDE].includes(name));
};

/** What a job has pushed of two versions. */
interface Pushed {
  old: number;
  new: number;
  oldLabels: number;
  newLabels: number;
}

/** As many as no chance touches, and as a job counts in a month. */
const MANY = 1e6;
const labelled = (old: number, fresh: number, oldLabels = MANY, newLabels = MANY): Pushed => ({
  old,
  new: fresh,
  oldLabels,
  newLabels,
});

/** A version that is far less often right, and three that are not. */
const WORSE = labelled(0.95, 0.6);
const NO_WORSE = [labelled(0.95, 0.95), labelled(0.9, 0.95), labelled(0.6, 0.95)];

/** Labels times the square of a loss below which chance alone explains it; half of what `ModelServing` asks for. */
const CHANCE = 2.4;

/** What is wrong with a measurement of accuracy, by its query and its conditions. */
export function accuracyFaults({ conditions, own, place }: Measurement, query: Expression, rollout: Resource): Finding[] {
  const at = own("provider.prometheus.query");
  const stranger = selectorsIn(query).find((each) => PUSHED.includes(each.name) && !isOfModel(each.matchers, rollout));
  if (stranger !== undefined) {
    const want = `${stranger.name} with metric="accuracy", namespace="${namespaceOf(rollout)}" and model="${modelOf(rollout)}"`;
    return [{ ...at, got: stranger.text, want }];
  }
  const { failureCondition } = conditions;
  const fails = (pushed: Pushed): boolean | undefined => {
    const answer = answerTo(query, pushed);
    return answer === undefined || failureCondition === undefined ? undefined : holdsFor(failureCondition, [answer]);
  };
  const tells = fails(WORSE) === true && NO_WORSE.every((each) => fails(each) !== true);
  if (!tells) {
    const want =
      "a measurement that a version fails which is right 60 times of 100 where the old one is right 95 times, and no better one";
    return [{ ...place("failureCondition"), got: failureCondition ?? "nothing", want }];
  }
  const least =
    Array.from({ length: 350 }, (_, step) => (step + 1) / 1_000).find((loss) => fails(labelled(0.95, 0.95 - loss))) ?? 1;
  const few = Math.max(99, Math.floor(CHANCE / least ** 2));
  const early = [labelled(0.95, 0.6, few, MANY), labelled(0.95, 0.6, MANY, few)].some((each) => fails(each) !== undefined);
  return early
    ? [
        {
          ...at,
          got: `a comparison of ${few} labels`,
          want: `one of more labels of each version: chance explains a loss of ${least}`,
        },
      ]
    : [];
}

/** Name of the model that a Rollout serves: that of its pods. */
const modelOf = (rollout: Resource): string => text(rollout.inputs, "spec", "selector", "matchLabels", "app") ?? nameOf(rollout);

/** Whether a selection is of the accuracy of this model. */
function isOfModel(matchers: readonly Matcher[], rollout: Resource): boolean {
  const wanted = { metric: "accuracy", namespace: namespaceOf(rollout), model: modelOf(rollout) };
  return Object.entries(wanted).every(([label, value]) =>
    matchers.some((each) => each.label === label && each.operator === "=" && each.value === value),
  );
}

/** The one answer to a query; `undefined` where there is none, or nobody can say. */
function answerTo(query: Expression, pushed: Pushed): number | undefined {
  const { low, high, presence } = answersOf(query, { isAlone: true, seriesValue: valueOf(pushed) });
  return presence === "never" || low !== high ? undefined : low;
}

/** A selection is of the new version where it names one. Everything was pushed now, and the pods run. */
const valueOf =
  (pushed: Pushed) =>
  (name: string, matchers: readonly Matcher[]): number | undefined => {
    const isNew = matchers.some(({ label, operator, value }) => label === "model_version" && operator === "=" && value !== "");
    const values: Record<string, number> = {
      [QUALITY]: isNew ? pushed.new : pushed.old,
      [LABELS]: isNew ? pushed.newLabels : pushed.oldLabels,
      up: 1,
      push_time_seconds: NOW,
    };
    return values[name];
  };

/** Later than any time that a query can ask for. */
const NOW = 32_503_680_000;
