import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import type { EnvironmentPlan } from "#plan/environment";
import { policyOf } from "#plan/policy";
import { record } from "#plan/record";
import { RULES } from "#policies/catalogue";
import { type Mutant, set } from "#rehearsal/mutants/mutant";
import { MUTANTS } from "#rehearsal/mutants/mutants";
import { mutate } from "#rehearsal/mutants/transformation";
import { changed } from "#scripts/checkov/prod";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { planOf } from "../../harness/kept.ts";

const familyOf = (id: string): string => id.split("-")[0] ?? "";

describe("the mutants", () => {
  let prod: EnvironmentPlan;
  beforeAll(async () => {
    prod = await planOf("prod");
  });

  it("cover every family of rules", () => {
    expect(new Set(MUTANTS.map(({ rule }) => familyOf(rule)))).toEqual(new Set(RULES.map(({ id }) => familyOf(id))));
  });

  it.each(ENVIRONMENTS)("change resources that %s has, as far as their rules are on there", async (environment) => {
    const { layers } = await planOf(environment);
    const missing = MUTANTS.filter(({ rule, layer, resource: { type, name } }) => {
      const isOn = RULES.find(({ id }) => id === rule)?.levels[environment] !== "off";
      const own = layers.find((each) => each.layer === layer)?.registrations ?? [];
      return isOn && !own.some((each) => each.type === type && each.name === name);
    });
    expect(missing.map(({ what }) => what)).toEqual([]);
  });

  it.each(MUTANTS)("break $rule: $what", (mutant) => {
    const own = { ...prod, layers: prod.layers.filter(({ layer }) => layer === mutant.layer) };
    const broken = (plan: EnvironmentPlan): number =>
      policyOf(plan, [], "2026-11-21").verdicts.flatMap(({ verdict }) =>
        verdict.violations.filter(({ rule }) => rule.id === mutant.rule),
      ).length;
    expect(broken(changed(own, mutant))).toBeGreaterThan(broken(own));
  });
});

const resource = { type: "aws:s3/bucket:Bucket", name: "a" };
const mutant = (change: Mutant["change"], rest: Partial<Mutant> = {}): Mutant => ({
  what: "",
  layer: "foundation",
  resource,
  change,
  ...rest,
});

class Bucket extends pulumi.CustomResource {}

describe("a mutated program", () => {
  it("declares the changed inputs and options of that resource, and all others as they were", async () => {
    const mutants = [mutant(set(["tags", "team"], "b")), mutant((_, opts) => void (opts.protect = false))];
    const { resources } = await record(() => {
      mutate(mutants);
      // Components hand one object of options to all of their children.
      const opts = { protect: true };
      for (const name of ["a", "b"]) {
        new Bucket(resource.type, name, { tags: pulumi.output({ team: pulumi.output("a"), keep: "1" }) }, opts);
      }
    });
    const buckets = resources.filter(({ type }) => type === resource.type);
    expect(Object.fromEntries(buckets.map(({ name, inputs, protect }) => [name, { tags: inputs["tags"], protect }]))).toEqual({
      a: { tags: { team: "b", keep: "1" }, protect: false },
      b: { tags: { team: "a", keep: "1" }, protect: true },
    });
  });

  it("changes providers too", async () => {
    const { resources } = await record(() => {
      mutate([mutant(set(["region"], "eu-central-1"), { resource: { type: "pulumi:providers:aws", name: "aws" } })]);
      new aws.Provider("aws", { region: "eu-west-1" });
    });
    expect(resources.find(({ name }) => name === "aws")?.inputs["region"]).toBe("eu-central-1");
  });

  it("knows the mutants whose resource it has not declared", async () => {
    const mutants = [mutant(() => undefined), mutant(() => undefined, { resource: { ...resource, name: "nobody" } })];
    let missed: Mutant[] = [];
    await record(() => {
      const found = mutate(mutants);
      new aws.s3.Bucket("a");
      missed = found.missed();
    });
    expect(missed).toEqual([mutants[1]]);
  });
});

describe("a change by path", () => {
  it("copies what lies on the path, and makes the new value from the old one", () => {
    const before = { spec: { http: [{ retries: { retryOn: "a" } }] }, other: 1 };
    const inputs: Record<string, unknown> = { ...before };
    set(["spec", "http", 0, "retries", "retryOn"], (old: string) => `${old},5xx`)(inputs, {});
    expect(inputs).toEqual({ spec: { http: [{ retries: { retryOn: "a,5xx" } }] }, other: 1 });
    expect(before.spec.http[0]?.retries.retryOn).toBe("a");
  });

  it("fails where the path ends early", () => {
    expect(() => set(["spec", "http", 0, "name"], "x")({ spec: {} }, {})).toThrow(
      "the inputs must have 'spec.http.0.name', nothing stands before '0'",
    );
  });
});
