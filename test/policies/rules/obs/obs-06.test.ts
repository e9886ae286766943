import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const CHART = { layer: "platform", resource: "monitoring-stack" } as const;
const CONFIG = "platform-prod/monitoring-stack: 'values.alertmanager.config";

describeRule("OBS-06", [
  {
    ...CHART,
    what: "routes in a Secret that nobody makes",
    change: ({ values }) => {
      values.alertmanager.alertmanagerSpec.configSecret = "routes";
    },
    says: "platform-prod/monitoring-stack: 'values.alertmanager.alertmanagerSpec.configSecret' must be a Secret of this stack, got 'routes'",
    unknown: "values.alertmanager.alertmanagerSpec.configSecret",
  },
  {
    ...CHART,
    what: "routes in the values that reach nobody",
    change: ({ values }) => {
      values.alertmanager.config = { route: { receiver: "null" }, receivers: [{ name: "null" }] };
    },
    says: `${CONFIG}.route.receiver' must be a receiver with an address, got 'null'`,
  },
]);

const config = (spec: object) =>
  of("kubernetes:monitoring.coreos.com/v1alpha1:AlertmanagerConfig", "c", {
    metadata: { name: "c", namespace: "a" },
    spec: {
      route: { receiver: "people" },
      receivers: [{ name: "people", webhookConfigs: [{ url: "https://example.com" }] }],
      ...spec,
    },
  });
const to = (...receivers: object[]) => config({ receivers: receivers.map((each) => ({ name: "people", ...each })) });
const inhibit = (rule: object) => config({ inhibitRules: [rule] });
const severity = (value: string, matchType = "=") => ({ name: "severity", value, matchType });

const silence = (route: object) =>
  config({
    route: { receiver: "people", routes: [{ receiver: "none", ...route }] },
    receivers: [{ name: "people", slackConfigs: [{}] }, { name: "none" }],
  });

const kept = (name: string, written: string, key = "stringData") =>
  of("kubernetes:core/v1:Secret", "s", { metadata: { name, namespace: "a" }, [key]: { "alertmanager.yaml": written } });
const reads = of("kubernetes:helm.sh/v3:Release", "m", {
  chart: "kube-prometheus-stack",
  namespace: "a",
  values: { alertmanager: { alertmanagerSpec: { configSecret: "routes" } } },
});
const NOBODY = '{"route": {"receiver": "none"}, "receivers": [{"name": "none"}]}';

describe("OBS-06", () => {
  it("reads routes in the Secret of Alertmanager, where they are no secret", () => {
    expect(found("OBS-06", [reads, kept("routes", NOBODY)])).toEqual(["alertmanager.yaml.route.receiver: none"]);
    expect(found("OBS-06", [reads, kept("routes", Buffer.from(NOBODY).toString("base64"), "data")])).toHaveLength(1);
    expect(found("OBS-06", [reads, kept("routes", "{"), kept("other", NOBODY)])).toEqual([]);
  });

  it.each([
    config({}),
    config({
      route: { receiver: "none", routes: [{ receiver: "people" }] },
      receivers: [{ name: "none" }, { name: "people", slackConfigs: [{}] }],
    }),
    inhibit({ sourceMatch: [severity("critical")], targetMatch: [severity("warning|info", "=~")], equal: ["namespace"] }),
    inhibit({ sourceMatch: [severity("critical")], targetMatch: [severity("info")] }),
    inhibit({ sourceMatch: [{ name: "alertname", value: "NodeDown" }], targetMatch: [{ name: "alertname", value: "PodDown" }] }),
    to({ webhookConfigs: [{ url: "http://pager.monitoring.svc:8080/hook" }] }),
    to({ webhookConfigs: [{ url: "http://pager:8080" }] }),
    to({ emailConfigs: [{ to: "a@b.c", requireTLS: true }] }),
    config({
      route: { receiver: "people", muteTimeIntervals: ["night"] },
      muteTimeIntervals: [{ name: "night", timeIntervals: [{ times: [] }] }],
    }),
    silence({ matchers: [severity("info")] }),
    silence({ matchers: [{ name: "alertname", value: "Watchdog" }] }),
    silence({ matchers: [severity("critical", "!=")] }),
  ])("accepts it: %#", (each) => expect(found("OBS-06", [each])).toEqual([]));

  it.each([
    [silence({}), "spec.route.routes.receiver"],
    [silence({ matchers: [severity("critical|warning", "=~")] }), "spec.route.routes.receiver"],
    [silence({ matchers: [{ name: "namespace", value: "models" }] }), "spec.route.routes.receiver"],
    [config({ receivers: [{ name: "people" }] }), "spec.route.receiver"],
    [config({ receivers: [{ name: "people", webhookConfigs: [] }] }), "spec.route.receiver"],
    [inhibit({ sourceMatch: [{ name: "alertname", value: "Watch.*", matchType: "=~" }] }), "spec.inhibitRules[0].sourceMatch"],
    [inhibit({ sourceMatch: [severity("warning")], targetMatch: [severity(".*", "=~")] }), "spec.inhibitRules[0].equal"],
    [inhibit({ sourceMatch: [severity("info")], targetMatch: [severity("critical")] }), "spec.inhibitRules[0].equal"],
    [to({ webhookConfigs: [{ url: "http://pager.example.com" }] }), "spec.receivers[0].webhookConfigs[0].url"],
    [to({ emailConfigs: [{ requireTLS: "false" }] }), "spec.receivers[0].emailConfigs[0].requireTLS"],
    [
      to({ slackConfigs: [{ httpConfig: { tlsConfig: { insecureSkipVerify: true } } }] }),
      "spec.receivers[0].slackConfigs[0].httpConfig.tlsConfig.insecureSkipVerify",
    ],
    [
      config({
        route: { receiver: "people", muteTimeIntervals: ["ever"] },
        muteTimeIntervals: [{ name: "ever", timeIntervals: [{}] }],
      }),
      "spec.route.muteTimeIntervals",
    ],
  ])("refuses it: %#", (each, property) =>
    expect(found("OBS-06", [each]).map((fault) => fault.split(": ")[0])).toEqual([property]),
  );

  const chart = (config: object) =>
    of("kubernetes:helm.sh/v3:Release", "c", { chart: "kube-prometheus-stack", values: { alertmanager: { config } } });

  it.each([
    [{ inhibit_rules: [{ source_matchers: ['alertname = "Watchdog"'], target_matchers: ['severity =~ ".*"'] }] }, "sourceMatch"],
    [{ inhibit_rules: [{ source_match: { severity: "info" }, target_match_re: { severity: ".+" } }] }, "equal"],
    [{ global: { smtp_require_tls: false } }, "smtp_require_tls"],
  ])("reads Alertmanager's own spelling: %j", (part, field) => {
    const own = { route: { receiver: "people" }, receivers: [{ name: "people", pagerduty_configs: [{}] }] };
    expect(found("OBS-06", [chart({ ...own, ...part })]).map((fault) => fault.split(": ")[0]?.split(".").at(-1))).toEqual([
      field,
    ]);
  });

  it("takes a Secret that comes from a store, and asks no one else where theirs is made", () => {
    const values = { alertmanager: { alertmanagerSpec: { configSecret: "routes" } } };
    const stack = of("kubernetes:helm.sh/v3:Release", "c", { chart: "kube-prometheus-stack", namespace: "a", values });
    const stored = of("kubernetes:external-secrets.io/v1:ExternalSecret", "s", {
      metadata: { name: "s", namespace: "a" },
      spec: { target: { name: "routes" } },
    });
    expect(found("OBS-06", [stack, stored])).toEqual([]);
    expect(found("OBS-06", [stack])).toHaveLength(1);
    expect(found("OBS-06", [stack], ruleOf("OBS-06").elsewhere)).toEqual([]);
  });
});
