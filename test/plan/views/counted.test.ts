import { expect, it } from "vitest";
import { costOf } from "#plan/cost";
import type { Difference } from "#plan/difference";
import { graphOf } from "#plan/graph";
import type { Policy } from "#plan/policy";
import { planPage } from "#plan/views/html";
import { planMarkdown } from "#plan/views/markdown";
import { pictureFile } from "#plan/views/picture";
import { planText } from "#plan/views/text";
import { unseenLine } from "#policies/unseen";
import { fitting } from "#render/comment";
import { counted } from "#render/counted";
import { plainly } from "#render/terminal";
import { exception, verdict, violation } from "../../policies/sample.ts";
import { inside, layer, planOf } from "../sample.ts";

/** "1 resources", but not "1 is", "1 has" or the end of a decimal number. */
const ONE_OF_MANY = /(?<![\d.,–-])1 (?:more |different )?(?!(?:is|has|was|as)\b)[a-z]{2,}s\b/g;

const endpoint = inside("millrace:network:Network network", "aws:ec2/vpcEndpoint:VpcEndpoint", "endpoint", {
  vpcEndpointType: "Interface",
  subnetIds: ["a"],
  list: Object.fromEntries(Array.from({ length: 160 }, (_, index) => [`key${index}`, index])),
});
const network = {
  ...endpoint,
  type: "millrace:network:Network",
  name: "network",
  path: endpoint.path.slice(0, 1),
  custom: false,
};
const plan = planOf([layer("foundation", [network, endpoint])], { assumptions: ["it is Monday"] });
const cost = costOf(plan);
const excepted = { ...violation(), exception: exception({ expires: "2026-11-22" }) };
const policy: Policy = {
  verdicts: [{ stack: "foundation-prod", file: "f.ts", verdict: verdict({ violations: [violation()], excepted: [excepted] }) }],
  today: "2026-11-21",
};
const change = (values: number): Difference["resources"][number] => ({
  kind: "added",
  layer: "foundation",
  resource: "it",
  type: "t",
  values: Array.from({ length: values }, (_, index) => ({ path: `p${index}`, from: 1, to: 2 })),
});
const difference: Difference = {
  against: "main",
  cost: { from: 1, to: 1 },
  profile: [{ path: "a", from: 1, to: 2 }],
  resources: [change(1)],
};

it.each<[what: string, text: () => string]>([
  ["the screen", () => plainly(planText(plan, cost, { policy, difference, tree: true }))],
  ["the comment", () => planMarkdown(plan, cost, difference, policy)],
  ["the page", () => planPage(plan, cost, difference, policy)],
  ["the picture", () => pictureFile(graphOf(plan, cost))],
  ["a comment that is cut", () => fitting(`${"a".repeat(400)}\n${"b".repeat(600)}`, 950, "there")],
  [
    "types that no rule looks at",
    () => unseenLine(Array.from({ length: 7 }, (_, index) => ({ type: `t${index}`, count: 1 }))).join(),
  ],
])("%s has no '1' before a plural", (_, text) => {
  expect(text().match(/(?<![\d.,])1 \w/)).not.toBeNull();
  expect(text().match(ONE_OF_MANY)).toBeNull();
});

it.each(["text", "comment"] as const)("one change more than a %s lists is told in the singular", (kind) => {
  const most = kind === "text" ? 41 : 61;
  const more = { ...difference, resources: [change(most), ...Array.from({ length: 200 }, () => change(1))] };
  const said = kind === "text" ? plainly(planText(plan, cost, { difference: more })) : planMarkdown(plan, cost, more);
  expect(said).toMatch(/ more/);
  expect(said.match(ONE_OF_MANY)).toBeNull();
});

it("counts in the singular, in the plural and with thousands", () => {
  expect([0, 1, 2, 1_200].map((count) => counted(count, "resource"))).toEqual([
    "0 resources",
    "1 resource",
    "2 resources",
    "1,200 resources",
  ]);
  expect(counted(2, "entry", "entries")).toBe("2 entries");
});
