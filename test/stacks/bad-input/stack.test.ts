import * as pulumi from "@pulumi/pulumi";
import { expect, it, vi } from "vitest";
import type { Layer } from "#stacks/contracts";
import { type Changes, refused } from "../../harness/refused.ts";

const NAMES = "the stack's name must be <layer>-<environment> (foundation, platform, workloads; dev, staging, prod)";

it.each([
  ["a misspelt layer", "platfrom-dev", ". Did you mean 'platform-dev'?"],
  ["a misspelt environment", "foundation-prdo", ". Did you mean 'foundation-prod'?"],
  ["no environment", "workloads", ". Did you mean 'workloads-dev'?"],
  ["environment and layer in the wrong order", "prod-foundation", ""],
  ["capital letters", "Platform-dev", ". Did you mean 'platform-dev'?"],
  ["a word that resembles no stack", "x", ""],
])("a stack's name may not be %s", async (_, stack, hint) => {
  expect(await refused("foundation", { stack })).toEqual({
    sentence: `${NAMES}, got '${stack}'${hint}`,
    plain: true,
    touched: [],
  });
});

it.each<[what: string, layer: Layer, changes: Changes, sentence: string]>([
  ["no layer before", "platform", { "handedOn.foundation": {} }, "stack 'foundation-dev' must hand on 'network', got nothing"],
  [
    "a missing output",
    "platform",
    { "handedOn.foundation.stores": undefined },
    "stack 'foundation-dev' must hand on 'stores', got nothing",
  ],
  ["no platform", "workloads", { "handedOn.platform": {} }, "stack 'platform-dev' must hand on 'cluster', got nothing"],
  [
    "an output of another type",
    "platform",
    { "handedOn.foundation.network": "vpc-1" },
    "stack 'foundation-dev': output 'network' must be an object, got 'vpc-1'",
  ],
  [
    "an output with a part missing",
    "platform",
    { "handedOn.foundation.network.intraSubnetIds": undefined },
    "stack 'foundation-dev': output 'network.intraSubnetIds' must be a list, got nothing",
  ],
  [
    "text for a number",
    "platform",
    { "handedOn.foundation.database.maxConnections": "many" },
    "stack 'foundation-dev': output 'database.maxConnections' must be a number, got 'many'",
  ],
  [
    "a list for a table",
    "workloads",
    { "handedOn.foundation.registries": [] },
    "stack 'foundation-dev': output 'registries' must be an object, got '[]'",
  ],
  [
    "an output that is null",
    "workloads",
    { "handedOn.platform.gpu.inference": null },
    "stack 'platform-dev': output 'gpu.inference' must be an object, got 'null'",
  ],
])("a layer does not begin on %s", async (_, layer, changes, sentence) => {
  const before = /'((foundation|platform)-dev)'/.exec(sentence)?.[1];
  expect(await refused(layer, changes)).toEqual({
    sentence: `${sentence}: run \`pulumi up -s ${before}\` first`,
    plain: true,
    touched: [],
  });
});

it("a stack that cannot be read is told with the reason", async () => {
  const read = vi.spyOn(pulumi.StackReference.prototype, "getOutputDetails");
  read.mockRejectedValue(new Error("reading s3://state: ExpiredToken: the security token has expired\nat rpc"));
  const { sentence, plain } = await refused("platform", {}).finally(() => read.mockRestore());
  expect({ sentence, plain }).toEqual({
    sentence:
      "stack 'foundation-dev' must hand on 'network', got nothing (reading s3://state: ExpiredToken: the security token has expired): run `pulumi up -s foundation-dev` first",
    plain: true,
  });
});
