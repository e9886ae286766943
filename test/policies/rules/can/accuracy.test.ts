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

it.each<[string, (watch: any) => void, string]>([
  [
    "the old version alone",
    (watch) => asks(watch, (query) => query.replaceAll('model_version="4"', 'model_version!="4"')),
    "spec.metrics[2].provider: no name of a version",
  ],
  [
    "another version",
    (watch) => asks(watch, (query) => query.replaceAll('model_version="4"', 'model_version="5"')),
    "spec.metrics[2].provider: no name of a version",
  ],
  [
    "the new version less the old one",
    (watch) =>
      asks(watch, (query) =>
        query
          .replaceAll('model_version!="4"', "OLD")
          .replaceAll('model_version="4"', 'model_version!="4"')
          .replaceAll("OLD", 'model_version="4"'),
      ),
    "spec.metrics[2].failureCondition: ",
  ],
  ["a sign that is turned", (watch) => asks(watch, (query) => `-1 * (${query})`), "spec.metrics[2].failureCondition: "],
  ["a loss that nothing reaches", (watch) => (watch.failureCondition = "len(result) > 0 && result[0] > 2"), "failureCondition: "],
  ["a loss that does not matter", (watch) => (watch.failureCondition = "false"), "spec.metrics[2].failureCondition: false"],
  ["few labels", (watch) => asks(watch, (query) => query.replaceAll(">= 1920", ">= 20")), `${QUERY}: a comparison of 20 labels`],
  ["any number of labels", (watch) => asks(watch, (query) => query.replaceAll(" >= 1920", "")), `${QUERY}: a comparison of any`],
])("CAN-08 finds %s", (_, change, says) => {
  expect(found("CAN-08", released(change)).join("\n")).toContain(says);
});
