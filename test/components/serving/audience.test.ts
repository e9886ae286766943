import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Audience, JOINING, LOTS, MOST_TESTED } from "#components/serving/audience";
import { quickReturn } from "#components/serving/strategies/quick-return";
import type { Step } from "#components/serving/strategies/steps";
import type { Strategy } from "#components/serving/strategies/strategy";
import { named } from "../named.ts";
import { minimal, serving } from "./fixture.ts";
import { hasSchema, validate } from "./schemas.ts";
import { xxh64 } from "./xxh64.ts";

const REGIONS: Audience = { header: "x-region", values: ["de", "at"] };
const outcomes = { attempts: "impression", successes: "click" };
const tested = (audience: unknown, values: object = {}, exposure: object = {}) =>
  serving({
    ...minimal,
    exposure: { ...minimal.exposure, path: "/score", sticky: { header: "x-user-id" }, ...exposure },
    strategy: { kind: "abTest", outcomes, audience, ...values } as Strategy,
  });
type Graph = Awaited<ReturnType<typeof tested>>;
const rootOf = (graph: Graph): any[] => named(graph, "fraud-root").inputs["spec"].http;
const stepsOf = (graph: Graph): Step[] => named(graph, "fraud-rollout").inputs["spec"].strategy.canary.steps;
const weightsOf = (graph: Graph): number[] => stepsOf(graph).flatMap((step) => ("setWeight" in step ? [step.setWeight] : []));

describe("the audience of an A/B test", () => {
  it("has a route of its own before that of everybody else, to the same weights", async () => {
    const [audience, everybody, ...others] = rootOf(await tested(REGIONS));
    expect(others).toEqual([]);
    const { name, match, headers, ...rest } = audience;
    expect({ ...rest, name: everybody.name, match: everybody.match }).toEqual(everybody);
    expect(name).toBe("audience.models-risk-fraud");
    expect(match).toEqual(
      [{ exact: "/score" }, { prefix: "/score/" }].flatMap((uri) =>
        ["de", "at"].map((exact) => ({ uri, headers: { "x-region": { exact } } })),
      ),
    );
    expect(headers).toEqual({ response: { set: { "x-model-audience": "true" } } });
  });

  it("is told by REST and gRPC alike", async () => {
    const graph = await tested(REGIONS, {}, { grpc: true });
    expect(rootOf(graph).map((http) => [http.name, http.delegate.name])).toEqual([
      ["audience.models-risk-fraud", "fraud-split-grpc"],
      ["models-risk-fraud", "fraud-split-grpc"],
      ["audience.models-risk-fraud", "fraud-split"],
      ["models-risk-fraud", "fraud-split"],
    ]);
    expect(named(graph, "fraud-sticky").inputs["spec"].configPatches).toHaveLength(4);
  });

  it("is split by its users, and everybody else by lots", async () => {
    const patches = named(await tested(REGIONS), "fraud-sticky").inputs["spec"].configPatches;
    const drawn = patches.map(({ match, patch }: any) => [
      match.routeConfiguration.vhost.route.name,
      ...patch.value.route.hash_policy,
      patch.value.route.weighted_clusters,
    ]);
    expect(drawn).toEqual([
      ["audience.models-risk-fraud-primary", { header: { header_name: "x-user-id" } }, { use_hash_policy: true }],
      ["models-risk-fraud-primary", LOTS, { use_hash_policy: true }],
    ]);
  });

  it("leaves no trace where there is none, nor when a version comes back", async () => {
    const strategy = quickReturn({ kind: "abTest", outcomes, audience: REGIONS } as Strategy);
    const exposure = { ...minimal.exposure, path: "/score", sticky: { header: "x-user-id" } } as const;
    for (const graph of [await tested(undefined), await serving({ ...minimal, exposure, strategy })]) {
      expect(rootOf(graph).map(({ name }) => name)).toEqual(["models-risk-fraud"]);
      expect(JSON.stringify(graph)).not.toMatch(/audience|lot-/);
    }
  });

  it.each<[string, Audience, object[]]>([
    [
      "mobile",
      { device: "mobile" },
      [
        { headers: { "sec-ch-ua-mobile": { exact: "?1" } } },
        { headers: { "user-agent": { regex: ".*Mobi.*" } }, withoutHeaders: { "sec-ch-ua-mobile": {} } },
      ],
    ],
    [
      "desktop",
      { device: "desktop" },
      [
        { headers: { "sec-ch-ua-mobile": { exact: "?0" } } },
        {
          headers: { "user-agent": { regex: "Mozilla/.*" } },
          withoutHeaders: { "sec-ch-ua-mobile": {}, "user-agent": { regex: ".*Mobi.*" } },
        },
      ],
    ],
  ])("may be of %s devices, by the hint of the browser, and by its name without one", async (_, audience, told) => {
    const graph = await tested(audience);
    expect(rootOf(graph)[0].match.slice(0, 2)).toEqual(told.map((each) => ({ uri: { exact: "/score" }, ...each })));
    for (const { inputs } of graph.filter((each) => hasSchema(each.inputs))) {
      expect(() => validate(inputs)).not.toThrow();
    }
  });

  it("is what every query of outcomes counts, and nothing else is", async () => {
    const graph = await tested(REGIONS);
    const rule = named(graph, "fraud-recorded").inputs["spec"].groups[0].rules[0].expr;
    expect(rule).toMatch(/^sum by \(namespace, model, model_version, event, audience\) .*,audience="true"\}\[/);
    const asked = ["fraud-watch", "fraud-outcomes", "fraud-verdict"].flatMap((name) =>
      named(graph, name).inputs["spec"].metrics.flatMap(({ provider }: any) => {
        const { query } = provider.prometheus;
        return /events/.test(query) ? [...query.matchAll(/events[\w:]*\{([^}]*)\}/g)].map(([, of]) => of) : [];
      }),
    );
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((of) => !of.endsWith(',audience="true"'))).toEqual([]);
  });

  it.each<[string, unknown, object, string]>([
    ["no value", { header: "x-region", values: [] }, {}, "'strategy.audience.values' must be a list of at least 1"],
    [
      "a value that no header has",
      { header: "x-region", values: ["a\nb"] },
      {},
      "'strategy.audience.values[0]' must be the value of a header",
    ],
    [
      "the header that forces a version",
      { header: "x-model-version", values: ["canary"] },
      {},
      "'strategy.audience.header' must be a header name",
    ],
    ["another device", { device: "watch" }, {}, "'strategy.audience.device' must be one of mobile, desktop, got 'watch'"],
    [
      "both",
      { device: "mobile", header: "x-region", values: ["de"] },
      {},
      "'strategy.audience.header' must be a known key (device)",
    ],
    ["neither", {}, {}, "'strategy.audience.header' must be a header name"],
    ["a share that others would meet", REGIONS, { percent: 51 }, "'strategy.percent' must be at most 50 beside audience"],
    ["drift", REGIONS, { analysis: { drift: {} } }, "'strategy.analysis.drift' must be left out beside audience"],
    ["accuracy", REGIONS, { analysis: { accuracy: {} } }, "'strategy.analysis.accuracy' must be left out beside audience"],
  ])("is refused with %s", async (_, audience, values, sentence) => {
    await expect(tested(audience, values)).rejects.toThrow(sentence);
  });
});

describe("everybody else", () => {
  const { pattern, substitution } = LOTS.header.regex_rewrite;

  /** Envoy's choice (`WeightedClusterSpecifierPlugin`): the remainder falls on the old version, which stands first, or behind it. */
  const isNew = (id: string, weight: number): boolean => {
    const lot = id.replace(new RegExp(pattern.regex), (_, digit = "") => substitution.replace("\\1", digit));
    return xxh64(lot) % 100n >= BigInt(100 - weight);
  };
  const ids = Array.from({ length: 8_000 }, () => randomUUID());
  const share = (weight: number): number => ids.filter((id) => isNew(id, weight)).length / ids.length;

  it("is hashed as xxHash is", () => {
    expect([xxh64(""), xxh64("abc")]).toEqual([0xef46db3751d8e999n, 0x44bc2cf5ad770999n]);
  });

  it("never has the new version before the verdict, whatever the id of a request", () => {
    const strange = [
      "",
      "nonsense",
      "0",
      "\u00fc",
      "a".repeat(200),
      ...["8", "9", "a", "b", "c"].map((each) => "x".repeat(19) + each),
    ];
    for (let weight = 1; weight <= MOST_TESTED; weight++) {
      expect([...ids, ...strange].filter((id) => isNew(id, weight))).toEqual([]);
    }
  });

  it("comes over in three steps: a half, three quarters, all", () => {
    // Five standard errors of 8,000 draws are 2.8 %.
    expect(Math.abs(share(JOINING[0]) - 0.5)).toBeLessThan(0.028);
    expect(Math.abs(share(JOINING[1]) - 0.75)).toBeLessThan(0.028);
    expect(share(100)).toBe(1);
  });

  it("has the share of the audience at the last of them, where the gateway is asked what it serves", async () => {
    const graph = await tested(REGIONS);
    expect(weightsOf(graph)).toEqual([5, 50, 60, 75, 100]);
    expect(weightsOf(await tested(REGIONS, { percent: 4 }))).toEqual([4, 60, 75, 100]);
    const bounds = stepsOf(graph).flatMap((step) =>
      "analysis" in step && step.analysis.templates[0]?.templateName === "fraud-share"
        ? [step.analysis.args?.map((each) => ("value" in each ? Number(each.value) : NaN))]
        : [],
    );
    expect(bounds).toEqual([
      [0.675, 0.825],
      [0.875, 1],
    ]);
    // A gateway that missed the last weight serves 50 to 60 %, whatever part of the requests is the audience's.
    for (const part of [0, 0.01, 0.5, 1]) {
      const all = (weight: number, others: number): number => (part * weight) / 100 + (1 - part) * others;
      expect(all(75, 0.75)).toBeGreaterThan(0.675);
      expect(all(60, 0.5)).toBeLessThan(0.675);
      expect(all(50, 0)).toBeLessThan(0.675);
    }
  });
});
