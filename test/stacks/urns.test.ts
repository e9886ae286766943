import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Bucket } from "@pulumi/aws/s3/index.js";
import { ComponentResource } from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { record } from "../harness/graph.ts";
import { STACKS, stackOf } from "../harness/stacks.ts";
import { replacements, urnLines } from "./urns/identity.ts";

// A changed URN replaces the resource in every account. `npx vitest run test/stacks/urns.test.ts -u` writes the files anew:
// the pull request then shows each rename.
it.each(STACKS)("$layer of $environment keeps the URN of every resource", async ({ layer, environment }) => {
  const file = join(import.meta.dirname, "urns", `${layer}-${environment}.txt`);
  const { resources } = await stackOf(layer, environment);
  const lost = replacements(read(file), resources);
  const effect = lost.length > 0 ? `\`pulumi up -s ${layer}-${environment}\` would\n${lost.join("\n")}\n` : "";
  await expect(`${urnLines(resources).join("\n")}\n`, effect).toMatchFileSnapshot(file);
});

const read = (file: string): string[] => {
  try {
    return readFileSync(file, "utf8").trim().split("\n");
  } catch {
    return [];
  }
};

describe("a rename", () => {
  class Store extends ComponentResource {
    constructor(name: string, child: string, aliases: string[] = []) {
      super("millrace:storage:Store", name, {}, { aliases: aliases.map((alias) => ({ name: alias })) });
      new Bucket(child, {}, { parent: this });
    }
  }
  const golden = ["data  millrace:storage:Store", "data-bucket  aws:s3/bucket:Bucket  in millrace:storage:Store data"];

  it("of nothing replaces nothing", async () => {
    const resources = await record(() => new Store("data", "data-bucket"));
    expect(urnLines(resources)).toEqual(golden);
    expect(replacements(golden, resources)).toEqual([]);
  });

  it("of a child replaces the child, and says what is lost", async () => {
    expect(replacements(golden, await record(() => new Store("data", "data-store")))).toEqual([
      expect.stringMatching(/^replace data-bucket .* with everything in it\n.*by data-store .*alias/),
    ]);
  });

  it("of a component replaces everything in it, unless the component has an alias", async () => {
    expect(replacements(golden, await record(() => new Store("inputs", "data-bucket")))).toHaveLength(2);
    expect(replacements(golden, await record(() => new Store("inputs", "data-bucket", ["data"])))).toEqual([]);
  });

  it("to nothing deletes", async () => {
    expect(replacements(golden, [])).toEqual([expect.stringMatching(/^delete/), expect.stringMatching(/^delete/)]);
  });
});
