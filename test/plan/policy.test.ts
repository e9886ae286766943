import { beforeAll, describe, expect, it } from "vitest";
import { costOf } from "#plan/cost";
import { exitCodeOf, type Policy, policyOf, resourcesOf, ruleAddress } from "#plan/policy";
import { planPage } from "#plan/views/html";
import { planMarkdown } from "#plan/views/markdown";
import { policyLines } from "#plan/views/policy-text";
import { planText } from "#plan/views/text";
import { RULES } from "#policies/catalogue";
import type { Exception } from "#policies/exceptions";
import { policyJson } from "#policies/reports/json";
import { SECRET } from "#policies/resource";
import { plainly } from "#render/terminal";
import { colourRule, crowdRule, exception, TODAY, verdict, verdicts, violation } from "../policies/sample.ts";
import { inside, layer, planOf, registered, sample } from "./sample.ts";

const policy = (...args: Parameters<typeof verdicts>): Policy => ({ verdicts: verdicts(...args), today: TODAY });
const lines = (given: Policy): string[] => policyLines(given).map(plainly);
const clean: Policy = {
  verdicts: [{ stack: "foundation-prod", file: "stacks/foundation/foundation.ts", verdict: verdict() }],
  today: TODAY,
};

describe("policyOf", () => {
  let judged: Policy;
  beforeAll(() => {
    judged = policyOf(sample(), [], TODAY);
  });

  it("has a verdict a stack, with the file in which a person would fix", () => {
    expect(judged.verdicts.map(({ stack, file }) => [stack, file])).toEqual([
      ["foundation-dev", "stacks/foundation/foundation.ts"],
      ["platform-dev", "stacks/platform/platform.ts"],
      ["workloads-dev", "stacks/workloads/workloads.ts"],
    ]);
    expect(judged.verdicts.every(({ verdict: { environment, checks } }) => environment === "dev" && checks > 0)).toBe(true);
  });

  it("finds what breaks a rule of the catalogue, mandatory in the environment", () => {
    const open = { vpcConfig: { publicAccessCidrs: ["0.0.0.0/0"] } };
    const plan = planOf([
      layer("platform", [inside("millrace:cluster:Cluster cluster", "aws:eks/cluster:Cluster", "cluster", open)]),
    ]);
    const { verdicts: found } = policyOf(plan, [], TODAY);
    const own = found[0]?.verdict.violations.filter(({ rule }) => rule.id === "EKS-01");
    expect(own?.map(({ address, property, level }) => [address, property, level])).toEqual([
      ["platform-dev/cluster", "vpcConfig.publicAccessCidrs", "mandatory"],
    ]);
    expect(exitCodeOf({ verdicts: found, today: TODAY })).toBe(5);
  });
});

describe("where a person wrote it", () => {
  const steps = { spec: { strategy: { canary: { steps: [{ setWeight: 60 }, { setWeight: 100 }] } } } };
  const saidOf = (component: string): (string | undefined)[] => {
    const rollout = inside(component, "kubernetes:argoproj.io/v1alpha1:Rollout", "it", steps);
    const { verdicts: found } = policyOf(planOf([layer("workloads", [rollout])]), [], TODAY);
    return found.flatMap(({ verdict: { violations } }) =>
      violations.filter(({ property }) => property.startsWith("spec.strategy.canary.steps")).map(({ written }) => written),
    );
  };

  it("is said of steps that a component of this program made, and of no others", () => {
    const key = "fraud.canary.weights in stacks/inputs/models.ts";
    expect(new Set(saidOf("millrace:serving:ModelServing fraud"))).toEqual(new Set([key]));
    expect(new Set(saidOf("acme:serving:ModelServing fraud"))).toEqual(new Set([undefined]));
  });

  it("is told in every report", () => {
    const given = policy({ violations: [violation({ written: "fraud.canary.weights in stacks/inputs/models.ts" })] });
    const texts = [
      lines(given).join("\n"),
      planMarkdown(sample(), costOf(sample()), undefined, given),
      planPage(sample(), costOf(sample()), undefined, given),
      JSON.stringify(policyJson(given.verdicts)),
    ];
    expect(texts.filter((text) => !text.includes("fraud.canary.weights in stacks/inputs/models.ts"))).toEqual([]);
  });
});

describe("resourcesOf", () => {
  it("hands a rule what the engine would: no components, the provider's inputs, no secret", () => {
    const resources = resourcesOf(
      layer("platform", [
        registered("pulumi:providers:aws", "aws", { inputs: { region: "eu-west-1" } }),
        ...(sample().layers[1]?.registrations ?? []),
        registered("aws:s3/bucket:Bucket", "b", {
          provider: "aws",
          protect: true,
          ignoreChanges: ["tags"],
          parent: "stores",
          dependencies: ["x"],
        }),
      ]),
      "prod",
    );
    expect(resources.some(({ type }) => type.startsWith("millrace:"))).toBe(false);
    const { inputs: _, provider, ...bucket } = resources.at(-1)!;
    expect(provider.region).toBe("eu-west-1");
    expect(bucket).toEqual({
      type: "aws:s3/bucket:Bucket",
      name: "b",
      address: "platform-prod/b",
      protect: true,
      ignoreChanges: ["tags"],
      deleteBeforeReplace: false,
      parent: "stores",
      dependencies: ["x"],
    });
    expect(resources.find(({ name }) => name === "monitoring-webhook")?.inputs).toHaveProperty("stringData.url", SECRET);
  });
});

describe("policyLines", () => {
  it("is one line when nothing is wrong", () => {
    expect(lines(clean)).toEqual(["  policy      0 mandatory · 0 advisory · 0 exceptions"]);
  });

  it("says the counts first, below them the gravest first, how to fix, what is excepted and for how long, what is open", () => {
    expect(lines(policy())).toEqual([
      "  policy      1 mandatory · 1 advisory · 1 exception (ends in 12 days) · 1 open until deployment",
      "              ✗ critical TST-01 foundation-prod/data: 'colour' must be blue, got 'green'",
      '                         Set `colour: "blue"`. (CIS 1.1, FSBP S3.1) docs/policies.md#tst-01',
      "              ! low      TST-02 the stack: 'name' must be in company, got 'green'",
      "                         Bring a friend. docs/policies.md#tst-02",
      "              ○ TST-01 platform-prod/old is excepted until 2026-12-03 (12 days): the colour is being repainted (MIL-7, painters)",
      "              ? TST-01 platform-prod/new: 'colour' is not known yet",
    ]);
  });

  it("puts what is mandatory before what is grave but advised", () => {
    const rule = { ...crowdRule, severity: "low" as const };
    const given = policy({ violations: [violation({ level: "advisory" }), violation({ rule, level: "mandatory", got: "x" })] });
    expect(
      lines(given)
        .filter((line) => /[✗!] /.test(line))
        .map((line) => line.trim().split(" ")[0]),
    ).toEqual(["✗", "!"]);
  });

  it("says once how to fix what is wrong in many places", () => {
    const given = policy({ violations: [violation(), violation({ address: "foundation-prod/logs" })] });
    expect(lines(given).filter((line) => line.includes("Set `colour"))).toHaveLength(1);
  });

  it("lists forty violations and counts the rest", () => {
    const many = Array.from({ length: 43 }, (_, index) => violation({ address: `foundation-prod/${index}` }));
    const given = lines(policy({ violations: many }));
    expect(given.filter((line) => line.includes("✗"))).toHaveLength(40);
    expect(given).toContain("              and 3 more: --json has all");
  });

  it("says which of several exceptions ends first", () => {
    const excepted = [exception(), exception({ ticket: "MIL-8", expires: "2026-11-22" })].map((each) => ({
      ...violation(),
      exception: each,
    }));
    expect(lines(policy({ excepted }))[0]).toContain("3 exceptions (the first ends in 1 day)");
  });

  it("shortens what an exception says to a line", () => {
    const long = exception({ reason: "because ".repeat(20) });
    const excepted = ["a", "b", "c", "d", "e"].map((name) => ({
      ...violation({ address: `foundation-prod/${name}` }),
      exception: long,
    }));
    expect(lines(policy({ violations: [], excepted }))[1]).toBe(
      `              ○ TST-01 foundation-prod/a, foundation-prod/b, foundation-prod/c and 2 more is excepted until 2026-12-03 (12 days): ${"because ".repeat(11)}b… (MIL-7, painters)`,
    );
  });

  it.each<[what: string, resource: string, rest: Partial<Exception>, note: string | undefined]>([
    ["a misspelt resource", "foundation-prod/dta", {}, "allows nothing. Did you mean 'foundation-prod/data'?"],
    ["a misspelt stack", "fuondation-prod/data", {}, "allows nothing. Did you mean 'foundation-prod/data'?"],
    ["no stack", "data", {}, "allows nothing. Did you mean 'foundation-prod/data'?"],
    ["another name", "foundation-prod/logs", {}, "allows nothing any more: take it out of policies/exceptions.yaml"],
    [
      "another rule",
      "foundation-prod/dta",
      { rule: "TST-02" },
      "allows nothing any more: take it out of policies/exceptions.yaml",
    ],
    ["another stack that exists", "foundation-dev/data", {}, undefined],
    ["any stack", "*/gone", {}, undefined],
    ["an unknown stack", "elsewhere/data", {}, undefined],
    [
      "another value",
      "foundation-prod/d*",
      { value: "gren" },
      "allows nothing: 'value' must be 'green', which the rule finds at foundation-prod/data, got 'gren'",
    ],
    [
      "an exception that has ended",
      "foundation-prod/data",
      { expires: "2026-11-20" },
      "ended on 2026-11-20: mend what it allowed, or decide again",
    ],
  ])("says of an exception that allows nothing what was meant: %s", (_, resource, rest, note) => {
    const idle = exception({ resource, ...rest });
    const given = verdicts().map((each) => ({ ...each, verdict: { ...each.verdict, unused: [idle] } }));
    const notes = lines({ verdicts: given, today: TODAY }).filter((line) => line.startsWith("  note "));
    expect(notes).toEqual(note === undefined ? [] : [`  note        exception MIL-7 (${idle.rule}, ${resource}) ${note}`]);
  });

  it("names exceptions for these stacks that nothing needs, and keeps quiet of others", () => {
    const [old, other, wide] = [
      exception({ resource: "foundation-prod/gone", ticket: "MIL-9" }),
      exception({ resource: "foundation-dev/gone" }),
      exception({ resource: "*/gone" }),
    ];
    const unused = [old, other, wide];
    const both = verdicts().map((each) => ({ ...each, verdict: { ...each.verdict, unused } }));
    expect(lines({ verdicts: both, today: TODAY }).at(-1)).toBe(
      "  note        exception MIL-9 (TST-01, foundation-prod/gone) allows nothing any more: take it out of policies/exceptions.yaml",
    );
    const [first, second] = both;
    const used = [first!, { ...second!, verdict: { ...second!.verdict, unused: [] } }];
    expect(lines({ verdicts: used, today: TODAY }).filter((line) => line.includes("note"))).toEqual([]);
  });
});

describe("a plan with its policy", () => {
  const cost = costOf(sample());

  it("tells it in the text, after the cost and before what was assumed", () => {
    const text = plainly(planText(planOf([], { assumptions: ["it is Monday"] }), cost, { policy: clean }));
    expect(text.split("\n").slice(-2)).toEqual([
      "  policy      0 mandatory · 0 advisory · 0 exceptions",
      "  note        it is Monday",
    ]);
  });

  it("tells it in the comment, with links to the rules", () => {
    const text = planMarkdown(sample(), cost, undefined, policy());
    expect(text).toContain("\n\n**Policy**: 1 mandatory · 1 advisory · 1 excepted · 1 open\n");
    expect(text).toContain(`| [TST-01](${ruleAddress(colourRule)}) | critical |`);
  });

  it("tells it on the page, escaped", () => {
    const text = planPage(sample(), cost, undefined, policy({ violations: [violation({ got: "<script>" })] }));
    expect(text).toContain("<h2>Policy</h2>\n<p>1 mandatory · 0 advisory · 1 excepted · 1 open until deployment</p>");
    expect(text).toContain("<td><code>&lt;script&gt;</code></td><td>blue</td>");
    expect(text).toContain("platform-prod/old is excepted until 2026-12-03 (12 days)");
    expect(text).toContain("TST-01 platform-prod/new: 'colour' is not known yet");
    expect(planPage(sample(), cost)).not.toContain("<h2>Policy</h2>");
  });

  it("tells it as data", () => {
    const data = policyJson(policy().verdicts) as any;
    expect([data.mandatory, data.advisory, data.stacks.length]).toEqual([1, 1, 2]);
    expect(JSON.parse(JSON.stringify(data))).toEqual(data);
    expect(data.stacks[0].violations[1]).toEqual({
      rule: "TST-01",
      title: "Buckets are <blue> & nothing else",
      severity: "critical",
      level: "mandatory",
      address: "foundation-prod/data",
      property: "colour",
      got: "green",
      want: "blue",
      remediation: 'Set `colour: "blue"`.',
      frameworks: ["CIS 1.1", "FSBP S3.1"],
    });
    expect(data.stacks[1].excepted[0].exception).toEqual(exception({ resource: "platform-prod/old" }));
    expect(data.stacks[1].open).toEqual([{ rule: "TST-01", level: "mandatory", address: "platform-prod/new", path: "colour" }]);
  });

  it("ends with 5 when something mandatory is violated, and with 6 when only the calendar violates it", () => {
    const ended = violation({ ends: "2026-11-20" });
    const lapsed = violation({ expired: exception({ expires: "2026-11-20" }) });
    const code = (...violations: ReturnType<typeof violation>[]) => exitCodeOf(policy({ violations }));
    expect([
      exitCodeOf(clean),
      code(violation({ level: "advisory" })),
      code(violation({ level: "advisory", ends: "2026-11-21" })),
      code(violation()),
      code(ended),
      code(lapsed, ended),
      code(lapsed, violation()),
    ]).toEqual([0, 0, 0, 5, 6, 6, 5]);
  });

  it("ends with 5 when a mandatory rule failed, whatever the calendar says", () => {
    const open = [
      { rule: colourRule, level: "mandatory" as const, address: "foundation-prod/data", path: "", failure: "broken" },
    ];
    expect(exitCodeOf(policy({ violations: [violation({ ends: "2026-11-20" })], open }))).toBe(5);
  });
});

describe("ruleAddress", () => {
  const [rule] = RULES as [(typeof RULES)[number]];

  it.each([
    [{}, "docs/policies.md#eks-01"],
    [
      { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "acme/platform", GITHUB_SHA: "3f2a91c" },
      "https://github.com/acme/platform/blob/3f2a91c/docs/policies.md#eks-01",
    ],
    [
      { CI_PROJECT_URL: "https://gitlab.com/acme/platform", CI_COMMIT_SHA: "3f2a91c" },
      "https://gitlab.com/acme/platform/-/blob/3f2a91c/docs/policies.md#eks-01",
    ],
  ])("%j", (env, address) => {
    expect(ruleAddress({ ...rule, id: "EKS-01" }, env)).toBe(address);
  });
});
