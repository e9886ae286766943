import { expect, it } from "vitest";
import { servingNames } from "#components/serving/names";
import { canary } from "#components/serving/strategies/canary";
import { found } from "../../harness.ts";
import { made, template } from "./samples.ts";

/** A release that is watched by its accuracy, as the component makes it, with the watch changed. */
function released(change: (watch: any) => void = () => {}, maxLoss = 0.05) {
  const plan = canary.plan(
    { kind: "canary", analysis: { accuracy: { maxLoss } } },
    { names: servingNames("m", "models"), version: "4", prometheusUrl: "http://p", loadSeconds: 300 },
  );
  const templates = structuredClone(plan.analysisTemplates) as Record<string, any>;
  change(templates["m-watch"].metrics.at(-1));
  return [
    made("argoproj.io/v1alpha1:Rollout", "release", {
      strategy: plan.rollout,
      selector: { matchLabels: { app: "m" } },
      template: { metadata: { labels: { app: "m", version: "v4" } } },
    }),
    ...Object.entries(templates).map(([name, spec]) => template(name, spec)),
  ];
}

it.each(["CAN-03", "CAN-08", "CAN-12"])("%s lets a version be watched by its accuracy", (id) => {
  for (const maxLoss of [0.01, 0.05, 0.2]) {
    expect(found(id, released(undefined, maxLoss))).toEqual([]);
  }
});

const QUERY = "spec.metrics[2].provider.prometheus.query";

const asks = (metric: any, change: (query: string) => string): void => {
  const { prometheus } = metric.provider;
  prometheus.query = change(prometheus.query);
};

const FAILURE = "spec.metrics[2].failureCondition: ";
const NOBODY = "spec.metrics[2].provider: no name of a version";
const turned = (query: string): string =>
  query
    .replaceAll('model_version!="4"', "OLD")
    .replaceAll('model_version="4"', 'model_version!="4"')
    .replaceAll("OLD", 'model_version="4"');
const newAlone = 'sum(mlops_online_quality{model="m",namespace="models",metric="accuracy",model_version="4"})';

it.each<[string, (watch: any) => void, string]>([
  [
    "the old version alone",
    (watch) => asks(watch, (query) => query.replaceAll('model_version="4"', 'model_version!="4"')),
    FAILURE,
  ],
  ["another version", (watch) => asks(watch, (query) => query.replaceAll('model_version="4"', 'model_version="5"')), NOBODY],
  ["the new version less the old one", (watch) => asks(watch, turned), FAILURE],
  ["a sign that is turned", (watch) => asks(watch, (query) => `-1 * (${query})`), FAILURE],
  ["a factor", (watch) => asks(watch, (query) => `0.01 * (${query})`), FAILURE],
  ["a power", (watch) => asks(watch, (query) => `(${query}) ^ 9`), FAILURE],
  ["a time in which the pods are down", (watch) => asks(watch, (query) => `(${query}) and on () (up == 0)`), FAILURE],
  ["a loss that nothing reaches", (watch) => (watch.failureCondition = "len(result) > 0 && result[0] > 2"), FAILURE],
  ["a loss that no usual version has", (watch) => (watch.failureCondition = "len(result) > 0 && result[0] > 0.99"), FAILURE],
  ["a loss that does not matter", (watch) => (watch.failureCondition = "false"), `${FAILURE}false`],
  ["a loss of which others are no loss", (watch) => (watch.failureCondition += " && result[0] == 1"), FAILURE],
  [
    "another metric",
    (watch) => asks(watch, (query) => query.replaceAll('"accuracy"', '"log_loss"')),
    `${QUERY}: mlops_online_quality`,
  ],
  [
    "any metric",
    (watch) => asks(watch, (query) => query.replaceAll(', metric="accuracy"', "")),
    `${QUERY}: mlops_online_quality`,
  ],
  [
    "another model",
    (watch) => asks(watch, (query) => query.replaceAll('model="m"', 'model="n"')),
    `${QUERY}: mlops_online_quality`,
  ],
  [
    "labels for accuracy",
    (watch) => asks(watch, (query) => query.replaceAll("mlops_online_quality{", "mlops_online_quality_samples{")),
    FAILURE,
  ],
  ["few labels", (watch) => asks(watch, (query) => query.replaceAll(">= 1920", ">= 20")), `${QUERY}: a comparison of 922 labels`],
  [
    "few labels of one side",
    (watch) => asks(watch, (query) => query.replace(">= 1920", ">= 1")),
    `${QUERY}: a comparison of 922 labels`,
  ],
  [
    "any number of labels",
    (watch) => asks(watch, (query) => query.replaceAll(" >= 1920", "")),
    `${QUERY}: a comparison of 922 labels`,
  ],
  ["more labels than there are", (watch) => asks(watch, (query) => query.replaceAll(">= 1920", ">= 1e12")), FAILURE],
  [
    "a success that everything is",
    (watch) => (watch.successCondition = "len(result) > 0 && !isNaN(result[0])"),
    "spec.metrics[2].successCondition: ",
  ],
  [
    "a success of nothing",
    (watch) => (watch.successCondition = "len(result) == 0 || result[0] <= 0.05"),
    "spec.metrics[2].successCondition: ",
  ],
  [
    "good versions thrown out",
    (watch) => {
      asks(watch, () => newAlone);
      watch.failureCondition = "len(result) > 0 && result[0] > 0.9";
    },
    FAILURE,
  ],
])("CAN-08 finds %s", (_, change, says) => {
  expect(found("CAN-08", released(change)).join("\n")).toContain(says);
});

it("CAN-08 lets accuracy be compared in other words", () => {
  const of = (version: string): string =>
    `(sum(mlops_online_quality{model="m",namespace="models",metric="accuracy",${version}}) and on () sum(mlops_online_quality_samples{model="m",namespace="models",metric="accuracy",${version}}) >= 5000)`;
  const [old, fresh] = [of('model_version!="4"'), of('model_version="4"')];
  const told = (query: string, failure: string): unknown[] =>
    found(
      "CAN-08",
      released((watch) => {
        asks(watch, () => query);
        watch.successCondition = `len(result) > 0 && !isNaN(result[0]) && !(${failure})`;
        watch.failureCondition = `len(result) > 0 && ${failure}`;
      }),
    );
  expect(told(`${fresh} / ${old}`, "result[0] < 0.95")).toEqual([]);
  expect(told(`1 - ${fresh} / ${old}`, "result[0] > 0.05")).toEqual([]);
  expect(told(`(1 - ${fresh}) - (1 - ${old})`, "result[0] > 0.05")).toEqual([]);
  expect(told(`0 - (${fresh} - ${old})`, "result[0] > 0.05")).toEqual([]);
});
