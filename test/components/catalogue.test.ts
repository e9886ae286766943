import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { type Recorded, record } from "../harness/graph.ts";
import { CATALOGUE, declared } from "./catalogue.ts";

class Before extends pulumi.CustomResource {}

/** A component with the name `it`, after another resource. */
const made = (kind: string, preview = false): Promise<Recorded[]> =>
  record(
    () => {
      const { make, args } = CATALOGUE[kind]!;
      make(args, { dependsOn: new Before("test:index:Before", "before", {}) });
    },
    { preview },
  );
const keys = (graph: Recorded[]): string[] =>
  graph.map(({ type, name, path }) => [...path, `${type} ${name}`].join(" / ")).sort();

it("the catalogue holds every component, and each has the type token of its folder and class", () => {
  expect(declared().toSorted((a, b) => a.kind.localeCompare(b.kind))).toEqual(
    Object.keys(CATALOGUE)
      .toSorted((a, b) => a.localeCompare(b))
      .map((kind) => ({ kind, token: kind })),
  );
});

describe.each(Object.keys(CATALOGUE))("%s", (kind) => {
  let graph: Recorded[] = [];
  beforeAll(async () => {
    graph = await made(kind);
  });

  it("makes everything inside itself, names it after itself, and makes no provider", () => {
    const [, , component, ...inside] = graph;
    const { type, name } = component!;
    expect(type).toBe(`millrace:${kind}`);
    expect(inside.length).toBeGreaterThan(0);
    for (const resource of inside) {
      expect(resource.path[1]).toBe(`${type} ${name}`);
      expect(resource.name === name || resource.name.startsWith(`${name}-`), resource.name).toBe(true);
      expect(resource.type).not.toMatch(/^pulumi:providers:/);
    }
  });

  it("registers the same resources in preview and up", async () => {
    expect(keys(await made(kind, true))).toEqual(keys(graph));
  });

  it("is deleted, with everything inside it, before what it depends on", () => {
    const [, , ...all] = graph;
    expect(all.filter(({ dependencies }) => !dependencies.includes("before")).map(({ name }) => name)).toEqual([]);
  });
});
