import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

describeRule("SEC-07", [
  {
    layer: "platform",
    resource: "tracking-generator",
    what: "keys of eight letters",
    change: ({ spec }) => (spec.length = "8"),
    says: "platform-prod/tracking-generator: 'spec.length' must be at least 14 of these characters, which is 80 bits, got '8'",
    unknown: "spec.length",
  },
  {
    layer: "platform",
    resource: "monitoring-grafana-password",
    what: "a password of digits",
    change: (inputs) => Object.assign(inputs, { length: 20, upper: false, lower: "false", special: false }),
    says: "platform-prod/monitoring-grafana-password: 'length' must be at least 25 of these characters, which is 80 bits, got '20'",
    unknown: "length",
  },
]);

describe("SEC-07", () => {
  const password = (inputs: object) => found("SEC-07", of("random:index/randomPassword:RandomPassword", "p", inputs));
  const generator = (spec: object) =>
    found("SEC-07", of("kubernetes:generators.external-secrets.io/v1alpha1:Password", "g", { spec }));

  it("accepts long passwords of few kinds of characters, and shorter ones of many", () => {
    expect(password({ length: 32, special: false, upper: false })).toEqual([]);
    expect(password({ length: 14 })).toEqual([]);
    expect(password({ length: 12 })).toEqual(["length: 12"]);
    expect(password({ length: 16, overrideSpecial: "-" })).toEqual([]);
    expect(password({ length: 24, number: false })).toEqual([]);
  });

  it("knows how long a generator's passwords are by default", () => {
    expect(generator({ digits: 5 })).toEqual([]);
    expect(generator({ length: 13, noUpper: true, symbols: 0, digits: 0 })).toEqual(["spec.length: 13"]);
  });

  it("counts bytes", () => {
    expect(found("SEC-07", of("random:index/randomBytes:RandomBytes", "b", { length: 8 }))).toEqual(["length: 8"]);
    expect(found("SEC-07", of("random:index/randomBytes:RandomBytes", "b", { length: 32 }))).toEqual([]);
  });
});
