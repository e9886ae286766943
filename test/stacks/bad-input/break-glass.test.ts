import { describe, expect, it } from "vitest";
import { refuseEnded } from "#stacks/inputs/break-glass";
import { type Changes, refused } from "../../harness/refused.ts";

const ENTRY = {
  for: "platform-engineer",
  person: "ada@example.com",
  reason: "INC-7: Argo is stuck",
  from: "2026-12-01T14:00:00Z",
  until: "2026-12-01T18:00:00Z",
  topic: "arn:aws:sns:eu-north-1:111111111111:security",
};

const FOR = "breakGlass.for must be a role that may take emergency access (platform-engineer, sre)";
const UNTIL = "breakGlass.until must be the time at which it ends, in UTC, for example 2026-12-01T14:00:00Z";

describe("emergency access", () => {
  it.each<[string, object, string]>([
    ["an unknown role", { for: "cleaner" }, `${FOR}, got 'cleaner'`],
    ["a role that trains", { for: "data-scientist" }, `${FOR}, got 'data-scientist'`],
    [
      "a role that nobody has",
      { for: "sre" },
      "breakGlass.for must be a role that somebody has, got 'sre': name their IAM roles under owners.groups.millrace-sre",
    ],
    [
      "no person",
      { person: undefined },
      "breakGlass.person must be the name of a person's session, most often an e-mail address, got nothing",
    ],
    [
      "everybody",
      { person: "*" },
      "breakGlass.person must be the name of a person's session, most often an e-mail address, got '*'",
    ],
    ["no reason", { reason: undefined }, "breakGlass.reason must say why, in 10 characters or more, got nothing"],
    ["an empty reason", { reason: " " }, "breakGlass.reason must say why, in 10 characters or more, got ' '"],
    ["no end", { until: undefined }, `${UNTIL}, got nothing`],
    ["a day as its end", { until: "2026-12-01" }, `${UNTIL}, got '2026-12-01'`],
    ["no time of the calendar", { until: "2026-12-41T18:00:00Z" }, `${UNTIL}, got '2026-12-41T18:00:00Z'`],
    [
      "an end of the next day",
      { until: "2026-12-02T14:00:00Z" },
      "breakGlass.until must be 2 to 8 hours after from, got '2026-12-02T14:00:00Z'",
    ],
    [
      "an end before its beginning",
      { until: "2026-12-01T13:00:00Z" },
      "breakGlass.until must be 2 to 8 hours after from, got '2026-12-01T13:00:00Z'",
    ],
    [
      "nobody who is told",
      { topic: undefined },
      "breakGlass.topic must be the ARN of the SNS topic that is told of each use, got nothing",
    ],
    [
      "somebody elsewhere who is told",
      { topic: "arn:aws:sns:eu-west-1:111111111111:security" },
      "breakGlass.topic must be in account 111111111111 and region eu-north-1, got 'arn:aws:sns:eu-west-1:111111111111:security'",
    ],
  ])("may not have %s", async (_, changes, sentence) => {
    const entry: Changes = { "config.breakGlass": { ...ENTRY, ...changes } };
    expect(await refused("foundation", entry)).toEqual({
      sentence: `stacks/config/Pulumi.foundation-dev.yaml: millrace:${sentence}`,
      plain: true,
      touched: [],
    });
  });

  it("that has ended is refused where resources would be made, with what to do", () => {
    const config = { "millrace:breakGlass": JSON.stringify(ENTRY) };
    const end = Date.parse(ENTRY.until);
    expect(() => refuseEnded(config, "dev", end)).toThrow(
      "stacks/config/Pulumi.*-dev.yaml: millrace:breakGlass.until must be in the future, got '2026-12-01T18:00:00Z': remove millrace:breakGlass from the three files",
    );
    expect(() => refuseEnded(config, "dev", end - 1)).not.toThrow();
    expect(() => refuseEnded({}, "dev", end)).not.toThrow();
  });
});
