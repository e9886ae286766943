import { expect, it } from "vitest";
import { FencedNamespace } from "#components/teams/fenced-namespace";
import { refusal } from "../../harness/graph.ts";
import { fencedNamespace as minimal } from "../minimal.ts";

it.each([
  [
    { namespace: "Models" },
    "'namespace' must be lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters, got 'Models'",
  ],
  [{ gpus: -1 }, "'gpus' must be a whole number of at least 0, got '-1'"],
  [{ pods: 0 }, "'pods' must be a whole number of at least 1, got '0'"],
  [{ reaches: ["a", "a"] }, "'reaches' must be distinct, got 'a'"],
])("FencedNamespace refuses %j", async (args, message) => {
  expect(await refusal(() => new FencedNamespace("models", { ...minimal, ...args }))).toBe(message);
});
