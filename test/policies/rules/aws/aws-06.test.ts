import { expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const GROUP = "aws:autoscaling/group:Group";

describeRule("AWS-06", [
  {
    what: "an access host that is never renewed",
    layer: "foundation",
    resource: "access-host",
    change: (inputs) => delete inputs.maxInstanceLifetime,
    says: "foundation-prod/access-host: 'maxInstanceLifetime' must be at most 2592000 (30 days), got 'nothing'",
    unknown: "maxInstanceLifetime",
  },
]);

it.each([
  [0, 1],
  ["31536000", 1],
  [86_400, 0],
  ["2592000", 0],
])("AWS-06 reads a life of %s seconds", (maxInstanceLifetime, count) => {
  expect(found("AWS-06", of(GROUP, "g", { maxInstanceLifetime }))).toHaveLength(count);
});

it("AWS-06 asks nothing of others", () => {
  expect(found("AWS-06", of(GROUP, "g", {}), ruleOf("AWS-06").elsewhere)).toEqual([]);
});
