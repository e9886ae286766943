import { expect, it } from "vitest";
import { STACKS, stackOf } from "../harness/stacks.ts";

const tags = (layer: string, environment: string) => ({
  project: "millrace",
  environment,
  layer,
  owner: "ml-platform@example.com",
  "managed-by": "pulumi",
  "cost-center": "ml-platform",
  "data-classification": "internal",
});

it.each(STACKS)(
  "$layer of $environment says of everything who pays, who owns it and what made it",
  async ({ layer, environment }) => {
    const { resources } = await stackOf(layer, environment);
    const provider = resources.find(({ type }) => type === "pulumi:providers:aws")!;
    expect(JSON.parse(provider.inputs["defaultTags"])).toEqual({
      tags: { ...tags(layer, environment), release: expect.stringMatching(/^\d+\.\d+\.\d+/) },
    });
  },
);

it("puts no release on nodes, which would be replaced with each", async () => {
  const { resources } = await stackOf("platform", "prod");
  const classes = resources.filter(({ type }) => type.endsWith(":EC2NodeClass"));
  const template = resources.find(({ type }) => type.endsWith(":LaunchTemplate"))!;
  expect(classes.map(({ inputs }) => inputs["spec"].tags)).toEqual([1, 2, 3].map(() => tags("platform", "prod")));
  expect(template.inputs["tagSpecifications"].map((each: any) => Object.keys(each.tags).includes("release"))).not.toContain(true);
});
