import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { type AlertRoutingArgs, alertRouting, SAME_SUBJECT } from "#components/monitoring/alert-routing";
import { CHARTS } from "#components/versions";
import { record } from "../../harness/graph.ts";
import { alertRules } from "../../monitoring/cases/case.ts";
import { families } from "../../monitoring/cases/families.ts";
import { CHART_ALERTS, CHART_OBJECTS, RENDERED } from "../../monitoring/chart-alerts.ts";
import { type Route, receiversOf } from "../../monitoring/routing.ts";

async function configuration(args: AlertRoutingArgs): Promise<{ config: any; secret: boolean }> {
  let text: pulumi.Output<string> | undefined;
  await record(() => {
    text = alertRouting(args);
  });
  const secret = (await (text as any).isSecret) as boolean;
  return { config: JSON.parse(await (text as any).promise()), secret };
}

/** Every alert of the platform: its own rules, those of a model, and those of the chart; and what a chart may bring tomorrow. */
const ALERTS: Record<string, string>[] = [
  ...alertRules.map(({ alert, labels }) => ({ alertname: alert, ...labels })),
  ...Object.entries(CHART_ALERTS).flatMap(([severity, names]) => names.map((alertname) => ({ alertname, severity }))),
  ...["warning", "critical", "page", "info", "none"].map((severity) => ({ alertname: "Tomorrow", severity })),
  { alertname: "WithoutSeverity" },
];

const PEOPLE = "https://people.example.test/1";
const HEARTBEAT = "https://switch.example.test/2";

/** Addresses that hear of an alert. */
function addresses(config: any, labels: Record<string, string>): string[] {
  const hooks = new Map(config.receivers.map(({ name, webhook_configs = [] }: any) => [name, webhook_configs]));
  return receiversOf(config.route, labels).flatMap((name) => (hooks.get(name) as any[]).map(({ url }) => url));
}

describe.each([
  ["without a heartbeat", {}, []],
  ["with a heartbeat", { heartbeat: HEARTBEAT }, [HEARTBEAT]],
])("alert routes %s", (_, given, watchdog) => {
  it("send Watchdog to the dead-man switch alone, what a person can act on to people, and the rest to nobody", async () => {
    const { config } = await configuration({ webhook: PEOPLE, ...given });
    const expected = ({ alertname, severity = "" }: Record<string, string>): string[] => {
      if (alertname === "Watchdog") {
        return watchdog;
      }
      return alertname === "InfoInhibitor" || severity === "info" || severity === "none" ? [] : [PEOPLE];
    };
    const told = (labels: Record<string, string>) => `${labels["alertname"]} ${labels["severity"]}`;
    expect(ALERTS.map((labels) => [told(labels), addresses(config, labels)])).toEqual(
      ALERTS.map((labels) => [told(labels), expected(labels)]),
    );
  });

  it("are secret, and name no receiver that is not there", async () => {
    const { config, secret } = await configuration({ webhook: PEOPLE, ...given });
    expect(secret).toBe(true);
    const named = [config.route, ...config.route.routes].map(({ receiver }: Route) => receiver);
    expect(config.receivers.map(({ name }: any) => name)).toEqual(expect.arrayContaining(named));
  });
});

it("the chart's alerts were read off the version that is deployed", () => {
  expect(RENDERED).toBe(CHARTS.prometheusStack.version);
});

describe("alert routes", () => {
  it("know every label by which an alert names its object", () => {
    const named = [
      ...alertRules.flatMap(({ labels }) => Object.keys(labels)),
      ...families.flatMap(({ cases }) =>
        cases.flatMap(({ expect = [] }) => expect.flatMap(({ firing }) => firing.flatMap(Object.keys))),
      ),
      ...Object.values(CHART_OBJECTS).flat(),
    ];
    // What is done about an alert, and what the model asks for, name nothing.
    const told = ["severity", "category", "drift", "quality"];
    expect([...new Set(named)].filter((label) => !told.includes(label) && !SAME_SUBJECT.includes(label))).toEqual([]);
  });

  it("beat every minute", async () => {
    const { config } = await configuration({ webhook: "https://a.example.test", heartbeat: HEARTBEAT });
    expect(config.route.routes[0]).toMatchObject({
      receiver: "heartbeat",
      group_wait: "0s",
      group_interval: "1m",
      repeat_interval: "1m",
    });
  });
});
