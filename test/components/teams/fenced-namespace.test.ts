import { expect, it } from "vitest";
import { FencedNamespace, type FencedNamespaceArgs } from "#components/teams/fenced-namespace";
import { record, refusal } from "../../harness/graph.ts";
import { fencedNamespace as minimal } from "../minimal.ts";
import { named } from "../named.ts";

const A = { namespace: "a", ports: [80] };

it.each<[Partial<FencedNamespaceArgs>, string]>([
  [
    { namespace: "Models" },
    "'namespace' must be lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters, got 'Models'",
  ],
  [{ gpus: -1 }, "'gpus' must be a whole number of at least 0, got '-1'"],
  [{ pods: 0 }, "'pods' must be a whole number of at least 1, got '0'"],
  [{ reaches: [A, A] }, "'reaches' must be distinct, got 'a'"],
  [{ reaches: [{ ...A, ports: [] }] }, "'reaches[0].ports' must be a list of at least 1, got an empty list"],
  [{ reaches: [{ ...A, ports: [0] }] }, "'reaches[0].ports[0]' must be a whole number from 1 to 65535, got '0'"],
  [
    { reaches: [{ ...A, namespace: "*" }] },
    "'reaches[0].namespace' must be lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters, got '*'",
  ],
])("FencedNamespace refuses %j", async (args, message) => {
  expect(await refusal(() => new FencedNamespace("models", { ...minimal, ...args }))).toBe(message);
});

it("gives silent containers requests, and none a limit: it could be smaller than a request of their own", async () => {
  const graph = await record(() => new FencedNamespace("models", minimal));
  expect(named(graph, "models-limits").inputs["spec"]).toEqual({
    limits: [{ type: "Container", defaultRequest: { cpu: "100m", memory: "128Mi" } }],
  });
});
