import { expect, it } from "vitest";
import { LIMIT_DEFAULTS } from "#components/monitoring/rules/model";
import { releases } from "#components/monitoring/rules/releases";
import { findPromtool, promtool } from "../../monitoring/promtool.ts";

const DAY = 1_440;
const group = releases({
  name: "shop",
  namespace: "models-growth",
  team: "growth",
  limits: LIMIT_DEFAULTS,
  drift: false,
  quality: false,
  releaseMinutes: 14 * DAY,
});

const phase = (name: string): string => `rollout_info{namespace="models-growth", name="shop", phase="${name}"}`;

it("a release of days is stuck when it has gone on for longer, not while it may", async ({ skip }) => {
  const program = await findPromtool();
  const test = {
    interval: "1m",
    // A release of 12 days, a day without one, and one that does not end; its controller is away for an hour.
    input_series: [
      { series: phase("Paused"), values: `1x${12 * DAY} _x${DAY} 1x${4 * DAY} _x60 1x${12 * DAY}` },
      { series: phase("Healthy"), values: `_x${12 * DAY} 1x${DAY} _x${16 * DAY}` },
    ],
    alert_rule_test: [12, 13, 14, 20, 26.9, 27.2].map((days) => ({
      alertname: "ReleaseStuck",
      eval_time: `${days * DAY}m`,
      exp_alerts:
        days > 27
          ? [{ exp_labels: { namespace: "models-growth", model: "shop", severity: "warning", category: "release" } }]
          : [],
    })),
  };
  const alert = group.rules
    .filter((rule) => "alert" in rule && rule.alert === "ReleaseStuck")
    .map((rule) => ({ ...rule, annotations: {} }));
  const files = {
    "rules.yml": JSON.stringify({ groups: [{ ...group, rules: alert }] }),
    "tests.yml": JSON.stringify({ rule_files: ["rules.yml"], evaluation_interval: "15m", tests: [test] }),
  };
  expect(program ? await promtool(program, ["test", "rules", "tests.yml"], files) : skip("no promtool")).toContain("SUCCESS");
});
