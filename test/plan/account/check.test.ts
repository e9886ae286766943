import { describe, expect, it } from "vitest";
import { type AccountFinding, checkAccount } from "#plan/account/check";
import { type AccountNeeds, accountNeeds } from "#plan/account/needs";
import { vcpuQuota, vcpus } from "#plan/account/quotas";
import type { EnvironmentPlan } from "#plan/environment";
import { LAYERS } from "#stacks/contracts";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import type { Ask } from "#toolchain/aws-cli";
import { stackOf } from "../../harness/stacks.ts";
import { type Answers, DENIED, NO_QUOTA, quota, ROOMY, THROTTLED } from "./answers.ts";

/** One layer after the other: a recording has the SDK to itself. */
async function planned(environment: EnvironmentName): Promise<Pick<EnvironmentPlan, "layers">> {
  const layers: EnvironmentPlan["layers"] = [];
  for (const layer of LAYERS) {
    const { resources: registrations, outputs } = await stackOf(layer, environment);
    layers.push({ layer, registrations, resources: registrations, outputs });
  }
  return { layers };
}

/** Answers as the CLI gives them, and what was asked. */
function answering(answers: Answers): { ask: Ask; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    ask: async (...words) => {
      const line = words.join(" ");
      asked.push(line);
      const key = Object.keys(answers).find((part) => line.includes(part));
      const answer = key === undefined ? "no answer" : answers[key];
      return typeof answer === "string"
        ? { refused: { code: /\((\w+)\)/.exec(answer)?.[1] ?? "", said: answer } }
        : { value: answer };
    },
  };
}

const NEEDS: AccountNeeds = {
  quotas: { gSpot: { count: 16, of: ["training 4 × g6.xlarge"] } },
  instanceTypes: {},
  kubernetes: "1.36",
  addons: {},
  names: { cluster: "millrace-dev", logGroup: "/aws/eks/millrace-dev/cluster", identityProvider: "token.example" },
  tags: { project: "millrace", environment: "dev" },
  unknown: [],
};
const check = async (answers: Answers, needs: Partial<AccountNeeds> = {}) => {
  const { ask, asked } = answering({ ...answers, ...ROOMY, ...answers });
  return { findings: await checkAccount({ ...NEEDS, ...needs }, "eu-west-1", ask), asked };
};
const first = async (answers: Answers, needs: Partial<AccountNeeds> = {}): Promise<AccountFinding> =>
  (await check(answers, needs)).findings[0]!;

describe("what an environment needs of its account", () => {
  it.each(["dev", "staging", "prod"] as const)("comes from the planned resources: %s", async (environment) => {
    const plan = await planned(environment);
    const { quotas, addons, instanceTypes, names, tags, unknown } = accountNeeds(plan);
    const { resources } = await stackOf("foundation", environment);
    expect(unknown).toEqual([]);
    expect(quotas.addresses?.count).toBe(resources.filter(({ type }) => type === "aws:ec2/eip:Eip").length);
    expect(quotas).toMatchObject({
      natGateways: { count: 1 },
      vpcs: { count: 1 },
      clusters: { count: 1 },
      loadBalancers: { count: 1 },
    });
    expect(Object.keys(addons).length).toBeGreaterThan(5);
    expect(tags).toEqual({ project: "millrace", environment });
    expect(names).toEqual({
      cluster: `millrace-${environment}`,
      logGroup: `/aws/eks/millrace-${environment}/cluster`,
      identityProvider: "token.actions.githubusercontent.com",
    });
    const platform = (await stackOf("platform", environment)).resources;
    const pools = platform.filter(({ type }) => type === "kubernetes:karpenter.sh/v1:NodePool");
    const types = pools.flatMap(({ inputs }) =>
      inputs["spec"].template.spec.requirements
        .filter(({ key }: { key: string }) => key === "node.kubernetes.io/instance-type")
        .flatMap(({ values }: { values: string[] }) => values),
    );
    expect(Object.keys(instanceTypes)).toEqual(expect.arrayContaining(types));
    const gpus = [quotas.g, quotas.gSpot, quotas.p, quotas.p5Spot, quotas.pSpot].flatMap((need) => need?.of ?? []);
    expect(gpus.some((of) => of.startsWith("training "))).toBe(true);
  });

  it("grows with the pools, and counts each kind of capacity that a pool may use", () => {
    const pool = (name: string, limits: object, requirements: Record<string, string[]>) => ({
      type: "kubernetes:karpenter.sh/v1:NodePool",
      name,
      inputs: {
        spec: {
          limits,
          template: {
            spec: { requirements: Object.entries(requirements).map(([key, values]) => ({ key, operator: "In", values })) },
          },
        },
      },
    });
    const [type, kind] = ["node.kubernetes.io/instance-type", "karpenter.sh/capacity-type"];
    const needsOf = (...registrations: object[]) => accountNeeds({ layers: [{ registrations }] } as never);
    const { quotas, unknown } = needsOf(
      pool("train", { "nvidia.com/gpu": "9" }, { [type]: ["p5.48xlarge"], [kind]: ["reserved", "on-demand", "spot"] }),
      pool("serve", { cpu: "96", memory: "1Gi" }, { [type]: ["m7i.2xlarge", "m7i.4xlarge"], [kind]: ["on-demand"] }),
      pool("any", { cpu: "8" }, { "karpenter.k8s.aws/instance-category": ["c", "m"], [kind]: ["spot"] }),
      pool("boundless", {}, { [kind]: ["on-demand"] }),
      pool("metal", { "nvidia.com/gpu": "1" }, { [type]: ["g5.metal"], [kind]: ["on-demand"] }),
    );
    expect(quotas).toEqual({
      p: { count: 384, of: ["train 2 × p5.48xlarge"] },
      p5Spot: { count: 384, of: ["train 2 × p5.48xlarge"] },
      standard: { count: 96, of: ["serve"] },
      standardSpot: { count: 8, of: ["any"] },
    });
    expect(unknown).toEqual([
      "the pool boundless has no limit that is understood, so its vCPUs are not counted",
      "metal uses g5.metal, whose vCPUs are unknown",
    ]);
  });

  it("knows the vCPUs of a size, and the quota that counts them", () => {
    expect(["t3.large", "m7i.xlarge", "g6.12xlarge", "p5.48xlarge", "g5.metal", "t3.medium"].map(vcpus)).toEqual([
      2,
      4,
      48,
      192,
      undefined,
      undefined,
    ]);
    expect(
      ["g6e.xlarge", "p4d.24xlarge", "p6-b200.48xlarge", "c7g.large", "inf2.xlarge"].map((type) => vcpuQuota(type, "spot")),
    ).toEqual(["gSpot", "pSpot", "p5Spot", "standardSpot", undefined]);
  });
});

describe("the account is asked", () => {
  it("and has room", async () => {
    expect(await first({})).toEqual({
      what: "All G and VT Spot Instance Requests: 16 (training 4 × g6.xlarge)",
      state: "ok",
      found: "quota 1000, used 5",
      quota: { need: 16, limit: 1_000, used: 5 },
    });
  });

  it.each<[what: string, answers: Answers, state: string, found: RegExp, remedy?: RegExp]>([
    [
      "a new account: no vCPU",
      { "get-service-quota": quota(0) },
      "missing",
      /^quota 0, used unknown$/,
      /L-3819A6DF --desired-value 16 --region eu-west-1$/,
    ],
    [
      "room for it alone, but others use some",
      { "get-service-quota": quota(18, { class: "G/Spot" }) },
      "missing",
      /^quota 18, used 5$/,
      /--desired-value 21 /,
    ],
    [
      "what is in use is the environment itself",
      { "get-service-quota": quota(18, { class: "G/Spot" }), "eks describe-cluster": { cluster: {} } },
      "ok",
      /^quota 18, used 5$/,
    ],
    [
      "nothing was ever used",
      { "get-service-quota": quota(16, { class: "G/Spot" }), "get-metric-statistics": { Datapoints: [] } },
      "ok",
      /used 0$/,
    ],
    [
      "usage may not be read",
      { "get-service-quota": quota(16, { class: "G/Spot" }), "get-metric-statistics": DENIED },
      "ok",
      /used unknown$/,
    ],
    [
      "a quota with its default only",
      { "get-aws-default-service-quota": quota(0), "get-service-quota": NO_QUOTA },
      "missing",
      /^quota 0/,
    ],
    [
      "an unknown quota",
      { "get-aws-default-service-quota": NO_QUOTA, "get-service-quota": NO_QUOTA },
      "unknown",
      /NoSuchResource/,
      /later/,
    ],
    [
      "access denied",
      { "get-service-quota": DENIED },
      "unknown",
      /^AccessDeniedException: the credentials may not ask$/,
      /servicequotas:GetServiceQuota/,
    ],
    ["throttled to the end", { "get-service-quota": THROTTLED }, "unknown", /Rate exceeded/, /later/],
  ])("about a quota: %s", async (_, answers, state, found, remedy) => {
    const finding = await first(answers);
    expect([finding.state, finding.found]).toEqual([state, expect.stringMatching(found)]);
    if (remedy) {
      expect(finding.remedy).toMatch(remedy);
    }
  });

  const only = { quotas: {}, names: { cluster: "millrace-dev", logGroup: "/aws/eks/millrace-dev/cluster" } };
  it("about an instance type", async () => {
    const needs = { ...only, instanceTypes: { "g6.xlarge": "training" } };
    expect(await first({}, needs)).toMatchObject({ state: "ok", found: "offered in eu-west-1b" });
    expect(await first({ "describe-instance-type-offerings": { InstanceTypeOfferings: [] } }, needs)).toMatchObject({
      what: "instance type g6.xlarge (training)",
      state: "missing",
      found: "not offered in eu-west-1",
    });
  });

  it("about an add-on", async () => {
    const needs = { ...only, addons: { coredns: "v1.14.0-eksbuild.1" } };
    const offered = (...versions: string[]) => ({
      "describe-addon-versions": {
        addons: versions.length === 0 ? [] : [{ addonVersions: versions.map((addonVersion) => ({ addonVersion })) }],
      },
    });
    expect(await first(offered("v1.15.0-eksbuild.1", "v1.14.0-eksbuild.1"), needs)).toMatchObject({ state: "ok" });
    expect(await first(offered("v1.15.0-eksbuild.1"), needs)).toMatchObject({
      state: "missing",
      found: "offered: v1.15.0-eksbuild.1",
    });
    expect(await first(offered(), needs)).toMatchObject({ state: "missing", found: "offered: none" });
  });

  it("about names that an earlier life or another stack has left, unless the environment is up", async () => {
    const arn = "arn:aws:iam::111111111111:oidc-provider/token.example";
    const taken = {
      "describe-log-groups": { logGroups: [{ logGroupName: "/aws/eks/millrace-dev/cluster" }] },
      "list-open-id-connect-providers": { OpenIDConnectProviderList: [{ Arn: arn }] },
    };
    const { findings } = await check(taken, { quotas: {} });
    expect(findings.map(({ state, remedy }) => [state, remedy])).toEqual([
      ["missing", "aws logs delete-log-group --log-group-name /aws/eks/millrace-dev/cluster --region eu-west-1"],
      ["missing", `If another stack made ${arn}, set millrace:githubProvider to exists.`],
    ]);
    expect((await check({ ...taken, "eks describe-cluster": { cluster: {} } }, { quotas: {} })).findings).toEqual([]);
    expect((await check({}, { quotas: {} })).findings.map(({ state }) => state)).toEqual(["ok", "ok"]);
  });

  it("knows the environment's own, of which only the foundation is up", async () => {
    const arn = "arn:aws:iam::111111111111:oidc-provider/token.example";
    const group = "/aws/eks/millrace-dev/cluster";
    const tags = { project: "millrace", environment: "dev", layer: "foundation" };
    const halfUp = {
      "describe-vpcs --filters Name=tag:project,Values=millrace Name=tag:environment,Values=dev": 1,
      "describe-log-groups": { logGroups: [{ logGroupName: group, logGroupArn: `arn:${group}` }] },
      "logs list-tags-for-resource": { tags },
      "list-open-id-connect-provider-tags": { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
      "list-open-id-connect-providers": { OpenIDConnectProviderList: [{ Arn: arn }] },
      "get-service-quota": quota(18, { class: "G/Spot" }),
    };
    const { findings } = await check(halfUp);
    expect(findings.map(({ state, found }) => [state, found])).toEqual([
      ["ok", "quota 18, used 5"],
      ["ok", "the environment has it"],
      ["ok", "the environment has it"],
    ]);
    const another = { ...tags, environment: "staging" };
    for (const [question, answer] of [
      ["logs list-tags-for-resource", { tags: another }],
      ["logs list-tags-for-resource", {}],
      ["logs list-tags-for-resource", DENIED],
      ["list-open-id-connect-provider-tags", { Tags: [] }],
    ] as const) {
      const states = (await check({ ...halfUp, [question]: answer })).findings.map(({ state }) => state);
      expect(states.filter((state) => state === "missing")).toHaveLength(1);
    }
  });

  it("with questions that change nothing", async () => {
    const { asked } = await check({}, { instanceTypes: { "g6.xlarge": "x" }, addons: { coredns: "v1" } });
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((line) => !/^[\w-]+ (get|list|describe)-/.test(line))).toEqual([]);
  });
});

describe("an answer of another form", () => {
  const needs = { instanceTypes: { "g6.xlarge": "training" }, addons: { coredns: "v1.13.2-eksbuild.1" } };

  it.each([
    [{}],
    [null],
    [[null]],
    [[]],
    [5],
    [{ Quota: { Value: "16" } }],
    [{ Quota: {}, InstanceTypeOfferings: [{}], addons: [1], logGroups: null }],
  ])("is no answer: %j", async (odd) => {
    const questions = ["get-service-quota", "offerings", "addon-versions", "log-groups", "open-id-connect"];
    const { findings } = await check(Object.fromEntries(questions.map((question) => [question, odd])), needs);
    expect(findings.map(({ state }) => state)).toEqual(["unknown", "unknown", "unknown", "unknown", "unknown"]);
    for (const { found, remedy } of findings) {
      expect(found).toMatch(/^an answer without ('[\w.]+' as AWS documents it|the expected form)$/);
      expect(remedy).toBe("Ask again later.");
    }
  });

  it("leaves the use of a quota unknown", async () => {
    const answers = { "get-service-quota": quota(64, { class: "G/OnDemand" }), "get-metric-statistics": { Datapoints: "many" } };
    expect(await first(answers)).toMatchObject({ state: "ok", found: "quota 64, used unknown" });
  });
});
