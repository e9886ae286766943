import { expect, it } from "vitest";
import { record } from "#plan/record";
import { runStack } from "#stacks/layers";
import { configOf, referencesOf } from "../harness/stacks.ts";

it("a pool takes its account's reservations first, and other pools none", async () => {
  const { config, ...options } = configOf("platform", "prod");
  config["millrace:reservations"] = JSON.stringify({ training: ["cr-0a", "cr-0b"] });
  const references = await referencesOf("platform", "prod");
  const { resources } = await record(() => runStack("platform-prod"), { stack: "platform-prod", config, references, ...options });
  const specs = (kind: string): Record<string, any> =>
    Object.fromEntries(
      resources.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ name, inputs }) => [name, inputs["spec"]]),
    );
  const ways = Object.entries(specs("NodePool")).map(([name, spec]) => [
    name,
    spec.template.spec.requirements.find(({ key }: { key: string }) => key === "karpenter.sh/capacity-type").values,
  ]);
  expect(Object.fromEntries(ways)).toEqual({
    cpu: ["on-demand"],
    inference: ["on-demand"],
    training: ["reserved", "on-demand"],
  });
  const reserved = Object.entries(specs("EC2NodeClass")).map(([name, spec]) => [name, spec.capacityReservationSelectorTerms]);
  expect(Object.fromEntries(reserved)).toEqual({
    "cpu-class": undefined,
    "inference-class": undefined,
    "training-class": [{ id: "cr-0a" }, { id: "cr-0b" }],
  });
});
