import { describe, expect, it } from "vitest";
import { costOf } from "#plan/cost";
import { PRICES_AS_OF } from "#plan/prices";
import { planMarkdown } from "#plan/views/markdown";
import { differenceLines, dollars, planText } from "#plan/views/text";
import { plainly } from "#render/terminal";
import { planOf, sample } from "../sample.ts";

const difference = {
  against: "staging",
  cost: { from: 100, to: 100 },
  profile: [{ path: "network.natGateways", from: 1, to: 3 }],
  resources: [
    {
      layer: "foundation",
      resource: "network/network-nat-b",
      type: "aws:ec2/natGateway:NatGateway",
      kind: "added" as const,
      values: [],
    },
    { layer: "foundation", resource: "logs", type: "aws:s3/bucket:Bucket", kind: "removed" as const, values: [] },
    {
      layer: "platform",
      resource: "tracking/tracking",
      type: "kubernetes:apps/v1:Deployment",
      kind: "changed" as const,
      values: [{ path: "spec.replicas", from: undefined, to: "x".repeat(70) }],
    },
  ],
};

const DIFFERENCE = [
  "against staging: 1 difference in the profile; 1 resource more, 1 fewer, 1 changed",
  "  network.natGateways                          1 → 3",
  "",
  "  + foundation/network/network-nat-b",
  "  - foundation/logs",
  "  ~ platform/tracking/tracking",
  `    + spec.replicas  ${"x".repeat(70)}`,
];

/** The same in a comment: `+` is green, `-` red. */
const DIFF = [
  "# against staging: 1 difference in the profile; 1 resource more, 1 fewer, 1 changed",
  "@@ profile @@",
  "- network.natGateways  1",
  "+ network.natGateways  3",
  "+ foundation/network/network-nat-b",
  "- foundation/logs",
  "@@ platform/tracking/tracking @@",
  `+ spec.replicas  ${"x".repeat(70)}`,
];

const NOTHING = { region: "us-east-1", missing: [], borrowed: [], byUse: [] };

describe("planText", () => {
  it("says the answer first, the detail below", () => {
    const cost = { ...costOf(sample()), ceiling: 321_434, ceilingOf: ["8 × p5.48xlarge"] };
    const lines = plainly(planText(sample(), cost)).split("\n");
    expect(lines.slice(0, 7)).toEqual([
      "dev · platform release 2026.11.21-1 · program 3f2a91c   1.2 s, no engine, no cloud",
      "",
      "  foundation     5 resources   storage 2 · keys 1 · network 1 · cost 1",
      "  platform       2 resources   cluster 1 · monitoring 1",
      "  workloads      1 resource    serving 1",
      "",
      "  cost        $107 a month at rest · ceiling $321,434 (8 × p5.48xlarge, all month)",
    ]);
    expect(lines[7]).toMatch(/^ +\$73 {2}cluster +control plane, standard support$/);
    expect(lines.slice(-2)).toEqual([
      `              on-demand list prices of us-east-1 as of ${PRICES_AS_OF}`,
      "              paid by use and not counted: NAT gateway traffic, calls of keys, stored objects and requests",
    ]);
  });

  it("shows what it assumed", () => {
    const plan = planOf([], { assumptions: ["it is Monday"], program: "" });
    const lines = plainly(planText(plan, costOf(plan))).split("\n");
    expect(lines[0]).toBe("dev · platform release 2026.11.21-1   1.2 s, no engine, no cloud");
    expect(lines.at(-1)).toBe("  note        it is Monday");
  });

  it("shows the tree when asked", () => {
    const text = plainly(planText(sample(), costOf(sample()), { tree: true }));
    expect(text).toContain("\n  data ObjectStore\n    data aws Bucket\n    data-policy aws BucketPolicy\n");
  });

  it.each([40, 80, 120])("has no line that is longer than %d columns, and loses no word", (width) => {
    const cost = { ...costOf(sample()), ceiling: 321_434, ceilingOf: ["8 × p5.48xlarge with 500 GiB", "16 × g6e.xlarge"] };
    const given = { tree: true, difference: { ...difference, resources: difference.resources.slice(0, 2) } };
    const text = plainly(planText(sample(), cost, { ...given, width }));
    expect(text.split("\n").filter((line) => line.length > width)).toEqual([]);
    const words = (of: string): string[] => of.split(/\s+/);
    expect(words(text)).toEqual(words(plainly(planText(sample(), cost, given))));
  });

  it("ends with the difference", () => {
    const text = plainly(planText(sample(), costOf(sample()), { difference }));
    expect(text.endsWith(`\n\n${DIFFERENCE.join("\n")}`)).toBe(true);
  });
});

describe("differenceLines", () => {
  it("says profile before resources, and what each was and is", () => {
    expect(plainly(differenceLines(difference).join("\n")).split("\n")).toEqual(DIFFERENCE);
  });

  it("says so when there is none", () => {
    expect(differenceLines({ against: "main", cost: { from: 100, to: 100 }, profile: [], resources: [] })).toEqual([
      "against main: no difference",
    ]);
  });

  it("marks what a list of a resource gained, lost and moved", () => {
    const values = [
      { path: "list[a]", from: undefined, to: 1 },
      { path: "list[b]", from: 2, to: undefined },
      { path: "list[c]", from: 0, to: 2, moved: true as const },
    ];
    const resources = [{ ...difference.resources[2]!, values }];
    expect(
      differenceLines({ ...difference, profile: [], resources })
        .map(plainly)
        .slice(-3),
    ).toEqual(["    + list[a]  1", "    - list[b]  2", "      list[c]  moved from place 0 to 2"]);
  });

  it("lists forty resources and counts the rest", () => {
    const resources = Array.from({ length: 43 }, (_, index) => ({
      layer: "platform",
      resource: `r${index}`,
      type: "aws:s3/bucket:Bucket",
      kind: "added" as const,
      values: [],
    }));
    const lines = differenceLines({ against: "main", cost: { from: 100, to: 100 }, profile: [], resources }).map(plainly);
    expect(lines.at(-1)).toBe("  and 3 more: --json has all");
    expect(lines).toHaveLength(42);
  });
});

describe("planMarkdown", () => {
  it("fits a comment as a whole, however much differs", () => {
    const profile = Array.from({ length: 5_000 }, (_, index) => ({ path: `size.${index}`, from: 1, to: "x".repeat(50) }));
    const text = planMarkdown(
      sample(),
      { region: "eu-north-1", atRest: 1, items: [], ceiling: 2, ceilingOf: [], missing: [], borrowed: [], byUse: [] },
      { ...difference, profile },
    );
    expect(text.length).toBeLessThanOrEqual(65_536);
    expect(text).toMatch(
      /\n```\n<\/details>\n\n\*\*Cut here\*\*, at 65536 characters; [\d,]+ more lines: `npx millrace plan dev --against staging --json` prints all of it\.\n$/,
    );
  });

  it("is a comment that can be found again", () => {
    expect(
      planMarkdown(
        sample(),
        { atRest: 1234.5, items: [], ceiling: 321_434, ceilingOf: ["8 × p5.48xlarge"], ...NOTHING },
        difference,
      ),
    ).toBe(
      `<!-- millrace plan dev -->
### dev: 8 resources, $1,235 a month at rest

Platform release \`2026.11.21-1\`, program \`3f2a91c\`. Ceiling $321,434 (8 × p5.48xlarge, all month). Prices of us-east-1 as of ${PRICES_AS_OF}.

| layer | resources | of which |
|---|---:|---|
| foundation | 5 | storage 2, keys 1, network 1, cost 1 |
| platform | 2 | cluster 1, monitoring 1 |
| workloads | 1 | serving 1 |

<details><summary>against staging</summary>

\`\`\`diff
${DIFF.join("\n")}
\`\`\`
</details>
`,
    );
  });
});

describe("dollars", () => {
  it.each([
    [0.4, "$0"],
    [999.5, "$1,000"],
    [41_300, "$41,300"],
  ])("%d is %s", (amount, text) => {
    expect(dollars(amount)).toBe(text);
  });
});
