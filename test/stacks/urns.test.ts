import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Bucket } from "@pulumi/aws/s3/index.js";
import { type Alias, ComponentResource, rootStackResource } from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { record } from "../harness/graph.ts";
import { STACKS, stackOf } from "../harness/stacks.ts";
import { duplicates, replacements, urnLines } from "./urns/identity.ts";

// A changed URN replaces the resource in every account. `npx vitest run test/stacks/urns.test.ts -u` writes the files anew:
// the pull request then shows each rename.
it.each(STACKS)("$layer of $environment keeps the URN of every resource", async ({ layer, environment }) => {
  const file = join(import.meta.dirname, "urns", `${layer}-${environment}.txt`);
  const { resources } = await stackOf(layer, environment);
  expect(duplicates(resources)).toEqual([]);
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
    constructor(name: string, child: string, aliases: (string | Alias)[] = []) {
      super("millrace:storage:Store", name, {}, { aliases });
      new Bucket(child, {}, { parent: this });
    }
  }
  const golden = ["data  millrace:storage:Store", "data-bucket  aws:s3/bucket:Bucket  in millrace:storage:Store data"];
  const replaced = async (make: () => void) =>
    replacements(golden, await record(make)).map((each) => each.replace(/^(\w+) +(\S+)[^]*$/, "$1 $2"));

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

  it("of a component replaces the component alone: a URN holds the types of parents, not their names", async () => {
    expect(await replaced(() => new Store("inputs", "data-bucket"))).toEqual(["replace data"]);
    expect(await replaced(() => new Store("inputs", "data-bucket", [{ name: "data" }]))).toEqual([]);
  });

  it("of a component with children named after it replaces all of them, unless the component has an alias", async () => {
    expect(await replaced(() => new Store("inputs", "inputs-bucket"))).toEqual(["replace data", "replace data-bucket"]);
    expect(await replaced(() => new Store("inputs", "inputs-bucket", [{ name: "data" }]))).toEqual([]);
  });

  const store = "urn:pulumi:test::millrace::millrace:storage:Store::data";
  it.each<[what: string, alias: string | Alias, lost: string[]]>([
    ["a whole URN", store, []],
    ["no parent", { name: "data", parent: rootStackResource }, []],
    ["another project", { name: "data", project: "other" }, ["replace data", "replace data-bucket"]],
    ["another stack", { name: "data", stack: "other" }, ["replace data", "replace data-bucket"]],
    ["a parent that it never had", { name: "data", parent: store }, ["replace data", "replace data-bucket"]],
    ["another type", { name: "data", type: "millrace:storage:Bucket" }, ["replace data", "replace data-bucket"]],
  ])("with an alias of %s is judged as the engine judges it", async (_, alias, lost) => {
    expect(await replaced(() => new Store("inputs", "inputs-bucket", [alias]))).toEqual(lost);
  });

  it("to nothing deletes", async () => {
    expect(replacements(golden, [])).toEqual([expect.stringMatching(/^delete/), expect.stringMatching(/^delete/)]);
  });

  it("must not give two resources one URN, which the names of their parents do not tell apart", async () => {
    const two = () => {
      new Store("data", "bucket");
      new Store("inputs", "bucket");
    };
    expect(duplicates(await record(two))).toHaveLength(2);
  });
});
