import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResourceValidation, ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import { PROJECT_FOLDER } from "#engine/project";
import { RULES } from "#policies/catalogue";
import { policyOf } from "#policies/pack";
import { packConfig } from "#policies/reports/page";
import { ENVIRONMENTS, type Environment } from "#policies/rule";
import { type Diagnostic, type Handed, type PolicyPack, startPack } from "../harness/policy-pack.ts";
import { stackOf } from "../harness/stacks.ts";
import { UNKNOWN } from "../harness/wire.ts";
import { exceptions } from "./harness.ts";
import { colourRule, TODAY } from "./sample.ts";

const POLICIES = join(PROJECT_FOLDER, "policies");
const folder = mkdtempSync(join(tmpdir(), "millrace-pack-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Content of `policies/env/<environment>.json`, as another test holds. */
const configOf = (environment: Environment) => packConfig(RULES, environment) as Record<string, unknown>;
const day = (from: number): string => new Date(Date.parse(TODAY) + from * 24 * 3600 * 1000).toISOString().slice(0, 10);
const exception = (rest: object) => ({
  rule: "EKS-01",
  resource: "platform-dev/cluster",
  reason: "the auditors look in from outside",
  ticket: "MIL-7",
  owner: "platform",
  granted: day(-30),
  expires: day(5),
  ...rest,
});

/** The cluster of dev as the golden stack has it, with something changed. */
async function cluster(change: (inputs: any) => void = () => undefined, environment: Environment = "dev"): Promise<Handed> {
  const { resources } = await stackOf("platform", environment);
  const found = resources.find(({ type }) => type === "aws:eks/cluster:Cluster");
  const inputs = structuredClone(found?.inputs ?? {});
  change(inputs);
  return { type: "aws:eks/cluster:Cluster", name: found?.name ?? "", stack: `platform-${environment}`, inputs };
}
const open = (inputs: any) => (inputs.vpcConfig.publicAccessCidrs = ["0.0.0.0/0"]);
const of = (rule: string, diagnostics: readonly Diagnostic[]): Diagnostic[] => diagnostics.filter((each) => each.rule === rule);

describe("the policy pack, as the engine runs it,", () => {
  let pack: PolicyPack;
  beforeAll(async () => {
    pack = await startPack(POLICIES);
  }, 30_000);
  afterAll(() => pack.stop());

  it("has every rule, with a schema of its parameters", async () => {
    const { name, version, policies } = await pack.info();
    expect([name, version]).toEqual(["millrace", JSON.parse(readFileSync(join(POLICIES, "package.json"), "utf8")).version]);
    expect(policies.map((policy) => [policy.name, Object.keys(policy.properties).sort()])).toEqual(
      RULES.map(({ id, parameters }) => [id, Object.keys(parameters?.prod ?? {}).sort()]),
    );
  });

  it("lets the golden cluster be", async () => {
    await pack.configure(configOf("dev"));
    const diagnostics = await pack.analyze(await cluster());
    expect(diagnostics.filter(({ level }) => level === "mandatory")).toEqual([]);
  });

  it("stops what breaks a mandatory rule: what, where, value, wanted value and remedy", async () => {
    await pack.configure(configOf("dev"));
    expect(of("EKS-01", await pack.analyze(await cluster(open)))).toEqual([
      {
        rule: "EKS-01",
        level: "mandatory",
        message:
          "The Kubernetes API is private, or open only to named networks\nEKS-01 platform-dev/cluster: 'vpcConfig.publicAccessCidrs' must be your own networks, got '0.0.0.0/0'. Set `endpointPublicAccess: false`, or list your own networks in `publicAccessCidrs`.",
        urn: "urn:pulumi:platform-dev::millrace::aws:eks/cluster:Cluster::cluster",
      },
    ]);
  });

  it("advises in dev of what it stops in prod", async () => {
    const inside = await cluster((inputs) => (inputs.vpcConfig.endpointPrivateAccess = false));
    const levels: unknown[] = [];
    for (const environment of ENVIRONMENTS) {
      await pack.configure(configOf(environment));
      levels.push(of("EKS-02", await pack.analyze(inside))[0]?.level);
    }
    expect(levels).toEqual(["advisory", "advisory", "mandatory"]);
  });

  it("takes parameters from its config, and those of prod without one", async () => {
    const publicToo = await cluster((inputs) =>
      Object.assign(inputs.vpcConfig, { endpointPublicAccess: true, publicAccessCidrs: ["203.0.113.0/24"] }),
    );
    await pack.configure({});
    expect(of("EKS-02", await pack.analyze(publicToo))).toHaveLength(1);
    await pack.configure({ "EKS-02": { enforcementLevel: "mandatory", publicToo: true } });
    expect(of("EKS-02", await pack.analyze(publicToo))).toEqual([]);
  });

  it.each([
    ["EKS-02", "a parameter of EKS-02 must be one of publicToo, got 'public'."],
    ["EKS-01", "a parameter of EKS-01 must be left out: the rule has no parameters, got 'public'."],
  ])("refuses a parameter of %s that the rule does not have", async (rule, message) => {
    await pack.configure({ [rule]: { enforcementLevel: "mandatory", public: true } });
    const diagnostics = of(rule, await pack.analyze(await cluster()));
    expect(diagnostics.map((each) => each.message.includes(message))).toContain(true);
  });

  it("does not look when a rule is switched off", async () => {
    await pack.configure({ "EKS-01": "disabled" });
    expect(of("EKS-01", await pack.analyze(await cluster(open)))).toEqual([]);
  });

  it("accuses nobody of what is not known yet, and says that it could not decide", async () => {
    await pack.configure(configOf("dev"));
    const told = pack.output().length;
    const diagnostics = await pack.analyze(await cluster((inputs) => (inputs.vpcConfig.publicAccessCidrs = UNKNOWN)));
    expect(of("EKS-01", diagnostics)).toEqual([]);
    // It comes through a pipe, the diagnostics through a socket: either may be first.
    await vi.waitFor(
      () =>
        expect(pack.output().slice(told)).toContain(
          "EKS-01 platform-dev/cluster is open until deployment: 'vpcConfig.publicAccessCidrs' is not known yet\n",
        ),
      { timeout: 30_000 },
    );
    expect(diagnostics.filter(({ message }) => message.includes("can't run policy"))).toEqual([]);
  });

  it("judges a resource whose values have other shapes than expected, without a stack trace", async () => {
    await pack.configure(configOf("prod"));
    for (const value of [null, "", [], {}, 0, true, "text", [null]]) {
      const odd = await cluster((inputs) => Object.keys(inputs).forEach((key) => (inputs[key] = value)), "prod");
      const diagnostics = await pack.analyze(odd);
      expect(of("EKS-03", diagnostics)).toHaveLength(1);
      expect(diagnostics.filter(({ message }) => /can't run policy|could not read|at .*\.ts:/.test(message))).toEqual([]);
    }
  });

  it("never says a secret", async () => {
    await pack.configure(configOf("dev"));
    const secret = (value: unknown) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });
    const diagnostics = await pack.analyze(
      await cluster((inputs) =>
        Object.assign(inputs, { version: secret("hunter2"), vpcConfig: secret({ publicAccessCidrs: ["hunter2"] }) }),
      ),
    );
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(JSON.stringify(diagnostics) + pack.output()).not.toContain("hunter2");
    expect(of("EKS-05", diagnostics)[0]?.message).toContain("got '[secret]'");
  });

  it.each(ENVIRONMENTS)(
    "finds in the golden stacks of %s no mandatory violation, resource by resource and together",
    async (environment) => {
      await pack.configure(configOf(environment));
      const told = pack.output().length;
      for (const layer of ["foundation", "platform", "workloads"] as const) {
        const resources = await handed(layer, environment);
        const each = (await Promise.all(resources.map((resource) => pack.analyze(resource)))).flat();
        const mandatory = [...each, ...(await pack.analyzeStack(resources))].filter(({ level }) => level === "mandatory");
        expect(mandatory.map(({ message }) => message)).toEqual([]);
      }
      expect(pack.output().slice(told)).not.toContain("open until deployment");
    },
  );

  it("holds all resources of a stack together against the rules that relate them", async () => {
    await pack.configure(configOf("prod"));
    const resources = await handed("workloads", "prod");
    const fences = resources.filter(({ type }) => type !== "kubernetes:networking.k8s.io/v1:NetworkPolicy");
    const mandatory = of("K8S-04", await pack.analyzeStack(fences)).filter(({ level }) => level === "mandatory");
    expect(mandatory.length).toBeGreaterThan(0);
    expect(of("K8S-04", await pack.analyzeStack(resources))).toEqual([]);
  });
});

/** A golden layer as the engine hands it over. */
async function handed(layer: "foundation" | "platform" | "workloads", environment: Environment): Promise<Handed[]> {
  const { resources } = await stackOf(layer, environment);
  const providers = new Map(resources.map(({ name, inputs }) => [name, inputs]));
  return resources.map(({ type, name, inputs, protect, ignoreChanges, parent, dependencies, provider }) => ({
    type,
    name,
    stack: `${layer}-${environment}`,
    inputs,
    protect,
    ignoreChanges,
    parent: parent === "" ? "" : `urn:pulumi:${layer}-${environment}::millrace::x::${parent}`,
    dependencies,
    provider: providers.get(provider) ?? {},
  }));
}

it("reports a rule that fails at the rule's own level, and does not end the analysis", () => {
  const broken = { ...colourRule, check: () => [String((undefined as any).colour)] as never };
  const { validateResource } = policyOf(broken, [], TODAY) as ResourceValidationPolicy;
  const urn = "urn:pulumi:foundation-prod::millrace::aws:s3/bucket:Bucket::data";
  const reported: unknown[] = [];
  const args = { type: "aws:s3/bucket:Bucket", name: "data", urn, props: {}, opts: { protect: false, ignoreChanges: [] } };
  const given = { ...args, getConfig: () => ({}) } as unknown as ResourceValidationArgs;
  void (validateResource as ResourceValidation)(given, (message, at) => reported.push([message, at]));
  expect(reported).toEqual([
    [
      "TST-01 foundation-prod/data: the rule could not read it (TypeError: Cannot read properties of undefined (reading 'colour'))",
      urn,
    ],
  ]);
});

describe("the pack's exceptions", () => {
  const file = join(folder, "exceptions.yaml");

  it("hold until they end, are said once in every run, and say so once they have ended", async () => {
    writeFileSync(file, stringify([exception({}), exception({ resource: "platform-prod/cluster", expires: day(-1) })]));
    // The cluster of prod is private.
    const openToo = (inputs: any) =>
      Object.assign(inputs.vpcConfig, { endpointPublicAccess: true, publicAccessCidrs: ["0.0.0.0/0"] });
    const pack = await startPack(POLICIES, { MILLRACE_EXCEPTIONS: file });
    try {
      await pack.configure(configOf("dev"));
      for (const _ of ["first", "second"]) {
        expect(of("EKS-01", await pack.analyze(await cluster(open)))).toEqual([]);
        const found = of("EKS-01", await pack.analyze(await cluster(openToo, "prod")));
        expect(found.map(({ message }) => message)).toEqual([
          expect.stringContaining(`got '0.0.0.0/0' (exception MIL-7 ended on ${day(-1)}). Set`),
        ]);
      }
      // With its end everything that it wrote has come.
      await pack.stop();
      expect(pack.output()).toBe(
        `EKS-01 platform-dev/cluster is excepted until ${day(5)}: the auditors look in from outside (MIL-7, platform)\n`,
      );
    } finally {
      await pack.stop();
    }
  });

  it("stop the pack in one sentence when the file is wrong", async () => {
    writeFileSync(file, stringify([exception({ rule: "EKS-99" })]));
    const said = await startPack(POLICIES, { MILLRACE_EXCEPTIONS: file }).then(
      () => "nothing",
      (error: Error) => error.message.trim(),
    );
    expect(said).toBe(`the pack ended with 1: ${file}: entry 1, 'rule' must be the id of a rule, got 'EKS-99'`);
  });

  it("of this repository can be read", () => {
    expect(exceptions.every(({ expires }) => expires.length === 10)).toBe(true);
  });
});
