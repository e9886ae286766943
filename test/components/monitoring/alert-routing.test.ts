import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { type AlertRoutingArgs, alertRouting } from "#components/monitoring/alert-routing";
import { record } from "../../harness/graph.ts";

async function configuration(args: AlertRoutingArgs): Promise<{ config: any; secret: boolean }> {
  let text: pulumi.Output<string> | undefined;
  await record(() => {
    text = alertRouting(args);
  });
  const secret = (await (text as any).isSecret) as boolean;
  return { config: JSON.parse(await (text as any).promise()), secret };
}

/** The receivers that an alert reaches: the first route that matches, because no route of this config continues. */
function receiver(config: any, labels: Record<string, string>): string {
  const holds = (matcher: string) => {
    const [, label = "", operator, value = ""] = /^(\w+) (=~?) "(.*)"$/.exec(matcher) ?? [];
    return operator === "=" ? labels[label] === value : new RegExp(`^(?:${value})$`).test(labels[label] ?? "");
  };
  return config.route.routes.find(({ matchers }: any) => matchers.every(holds))?.receiver ?? config.route.receiver;
}

describe("alert routes", () => {
  it.each([
    [{ alertname: "Watchdog", severity: "none" }, "heartbeat"],
    [{ alertname: "InfoInhibitor", severity: "none" }, "nobody"],
    [{ alertname: "ModelLatencyHigh", severity: "critical" }, "people"],
    [{ alertname: "DataDrift", severity: "warning" }, "people"],
    [{ alertname: "DriftSamplesTooFew", severity: "info" }, "nobody"],
    [{ alertname: "SomethingOfAChart" }, "people"],
  ])("send %j to %s", async (labels, expected) => {
    const { config } = await configuration({ webhook: "https://alerts.example.test/1" });
    expect(receiver(config, labels)).toBe(expected);
  });

  it("deliver to the webhook, heartbeats too unless they have an address of their own, and are secret", async () => {
    const urls = ({ receivers }: any) => receivers.map(({ name, webhook_configs: [hook] = [] }: any) => [name, hook?.url]);
    const { config, secret } = await configuration({ webhook: "https://a.example.test" });
    expect(secret).toBe(true);
    expect(urls(config)).toEqual([
      ["nobody", undefined],
      ["people", "https://a.example.test"],
      ["heartbeat", "https://a.example.test"],
    ]);
    const other = await configuration({ webhook: "https://a.example.test", heartbeat: "https://h.example.test" });
    expect(urls(other.config)[2]).toEqual(["heartbeat", "https://h.example.test"]);
  });

  it("let a critical alert silence the warning on the same feature of the same model, and no other", async () => {
    const { config } = await configuration({ webhook: "https://a.example.test" });
    expect(config.inhibit_rules[0]).toEqual({
      source_matchers: ['severity = "critical"'],
      target_matchers: ['severity =~ "warning|info"'],
      equal: ["alertname", "namespace", "environment", "model", "model_version", "feature"],
    });
  });

  it("beat every minute", async () => {
    const { config } = await configuration({ webhook: "https://a.example.test" });
    expect(config.route.routes[0]).toMatchObject({
      receiver: "heartbeat",
      group_wait: "0s",
      group_interval: "1m",
      repeat_interval: "1m",
    });
  });
});
