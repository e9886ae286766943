import { expect, it } from "vitest";
import { RULES } from "#policies/catalogue";
import { evaluate, openSentence, sentence } from "#policies/evaluate";
import { ENVIRONMENTS } from "#policies/rule";
import { exceptions, goldenLayers } from "./harness.ts";
import { TODAY } from "./sample.ts";

it.each(ENVIRONMENTS)("every layer of %s keeps every rule, and every rule is decided", async (environment) => {
  const verdicts = (await goldenLayers(environment)).map((resources) =>
    evaluate(resources, { rules: RULES, environment, exceptions, today: TODAY }),
  );
  const advised =
    environment === "prod"
      ? ["IMG-04 platform-prod/cluster: 'ImageValidatingPolicy' must be a policy that verifies signatures, got 'nothing'"]
      : [];
  expect(verdicts.flatMap(({ violations }) => violations.map(sentence))).toEqual(advised);
  expect(verdicts.flatMap(({ open }) => open.map(openSentence))).toEqual([]);
  const looked = RULES.filter(({ levels }) => levels[environment] !== "off").length;
  expect(verdicts.map(({ checks }) => checks > looked / 2)).toEqual([true, true, true]);
});
