import { describe, expect, it } from "vitest";
import { Publishers, type PublishersArgs } from "#components/ci/publishers";
import { record, refusal } from "../../harness/graph.ts";
import { publishers as minimal } from "../minimal.ts";
import { named } from "../named.ts";

const publishers = (args: Partial<PublishersArgs> = {}) => record(() => new Publishers("publishers", { ...minimal, ...args }));

describe("Publishers", () => {
  it("makes a role that writes for the environment's own promotion, and one that reads for the next one's", async () => {
    const graph = await publishers({ next: "after" });
    for (const [what, environment] of [
      ["promote", "test"],
      ["reader", "after"],
    ]) {
      const { inputs } = named(graph, `publishers-${what}`);
      expect(JSON.parse(inputs["assumeRolePolicy"]).Statement[0].Condition.StringEquals).toMatchObject({
        "token.actions.githubusercontent.com:sub": [`repo:example/millrace:environment:${environment}`],
      });
    }
  });

  it("makes two roles, each bounded by its own rights and taken from a GitHub environment of its own", async () => {
    const graph = await publishers();
    for (const what of ["images", "models"]) {
      const { inputs } = named(graph, `publishers-${what}`);
      expect(inputs).toMatchObject({
        name: `millrace-test-ci-${what}`,
        permissionsBoundary: `arn:aws:iam::111111111111:policy/millrace-test-ci-${what}`,
      });
      expect(JSON.parse(inputs["assumeRolePolicy"]).Statement[0].Condition.StringEquals).toMatchObject({
        "token.actions.githubusercontent.com:sub": [`repo:example/millrace:environment:test-${what}`],
      });
    }
  });

  it.each<[Partial<PublishersArgs>, string]>([
    [{ repository: "*/millrace" }, "'repository' must be `<organisation>/<repository>`, got '*/millrace'"],
    [{ next: "a:b" }, "'next' must be the name of a GitHub environment, got 'a:b'"],
    [{ environment: "a:b" }, "'environment' must be the name of a GitHub environment, got 'a:b'"],
    [{ repositories: [] }, "'repositories' must be a list of at least 1 entries, got '0'"],
    [
      { models: { ...minimal.models, folder: "models/*" } },
      "'models.folder' must be names joined by '/', without one at the end, got 'models/*'",
    ],
    [
      { prefix: "m".repeat(55) },
      `'prefix' must be at most 53 characters long, so that '<prefix>-ci-promote' fits IAM, got '${"m".repeat(55)}'`,
    ],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new Publishers("publishers", { ...minimal, ...args }))).toBe(message);
  });
});
