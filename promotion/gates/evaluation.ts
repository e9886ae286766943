import type { ModelRelease } from "#stacks/inputs/releases/schema";
import type { Evaluation, Requirements } from "../requirements.ts";
import { nameOf } from "../subjects.ts";
import type { Facts, Gate, ModelCandidate } from "./gate.ts";

/** Differences below this are of how computers count: 0.924 − 0.001 is not 0.923 to them. */
const EQUAL = 1e-9;

const modelsAmong = ({ candidates }: Facts): ModelCandidate[] =>
  candidates.filter((each): each is ModelCandidate => "model" in each.release);

export const evaluation: Gate = {
  name: "evaluation",
  summary: "the model is good enough, and not worse than what runs in the environment",
  concerns: (facts) => modelsAmong(facts).length > 0,
  check(facts, { evaluation: rules }) {
    const found = modelsAmong(facts).map((each) => ofModel(each, ruleFor(each, rules)));
    const failed = found.filter(({ problem }) => problem);
    return {
      passed: failed.length === 0,
      detail: (failed.length > 0 ? failed : found).map(({ text }) => text).join("; "),
      ...(failed.length > 0 && { remedy: "release a better version; what is asked of a model: promotion/requirements.ts" }),
    };
  },
};

const ruleFor = ({ release: { model } }: ModelCandidate, { models = {}, ...all }: Requirements["evaluation"]): Evaluation =>
  Object.hasOwn(models, model) ? models[model]! : all;

function ofModel(candidate: ModelCandidate, rule: Evaluation): { text: string; problem: boolean } {
  const { metric, tolerance = 0 } = rule;
  const { release, champion } = candidate;
  const name = nameOf(candidate);
  const value = valueOf(release, metric);
  if (value === undefined) {
    return { text: `${name} has no ${metric}`, problem: true };
  }
  const higher = "atLeast" in rule;
  const bound = higher ? rule.atLeast : rule.atMost;
  const isWorse = (than: number): boolean => (higher ? value < than - EQUAL : value > than + EQUAL);
  const asked = `${name} has ${metric} ${value}, ${higher ? "at least" : "at most"} ${bound} is needed`;
  if (isWorse(bound)) {
    return { text: asked, problem: true };
  }
  if (champion === undefined) {
    return { text: `${name}: ${metric} ${value} (${higher ? "at least" : "at most"} ${bound}, the first here)`, problem: false };
  }
  const best = valueOf(champion, metric);
  if (best === undefined) {
    return { text: `${name} cannot be compared: ${champion.version}, which runs here, has no ${metric}`, problem: true };
  }
  const allowed = tolerance > 0 ? `, by more than ${tolerance}` : "";
  return isWorse(higher ? best - tolerance : best + tolerance)
    ? {
        text: `${name} has ${metric} ${value} and is worse than ${champion.version}, which runs here with ${best}${allowed}`,
        problem: true,
      }
    : { text: `${name}: ${metric} ${value} (${higher ? "at least" : "at most"} ${bound}, champion ${best})`, problem: false };
}

function valueOf({ metrics }: ModelRelease, metric: Evaluation["metric"]): number | undefined {
  const [split, name] = metric.split(".") as ["test" | "validation", string];
  return Object.hasOwn(metrics[split], name) ? metrics[split][name] : undefined;
}
