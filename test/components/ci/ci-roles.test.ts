import { describe, expect, it } from "vitest";
import { CiRoles, type CiRolesArgs } from "#components/ci/ci-roles";
import { type Recorded, record, refusal } from "../../harness/graph.ts";
import { ciRoles as minimal, pulumiState as state } from "../minimal.ts";
import { named } from "../named.ts";

const people = "arn:aws:iam::111111111111:role/platform-engineers";
const roles = (args: Partial<CiRolesArgs> = {}, preview = false) =>
  record(() => new CiRoles("ci", { ...minimal, ...args }), { preview });
const statementsOf = (graph: Recorded[], name: string): any[] => JSON.parse(named(graph, name).inputs["policy"]).Statement;
/** All statements of the policies of one role. */
const rightsOf = (graph: Recorded[], role: string): any[] =>
  graph
    .filter(({ type, name }) => type === "aws:iam/policy:Policy" && name.startsWith(`${role}-`))
    .flatMap(({ name }) => statementsOf(graph, name));
const trustOf = (graph: Recorded[], name: string): any[] => JSON.parse(named(graph, name).inputs["assumeRolePolicy"]).Statement;
const byId = (statements: any[], sid: string) => statements.find(({ Sid }) => Sid === sid);

describe("CiRoles", () => {
  it("makes two roles, a boundary and GitHub's identity provider", async () => {
    const graph = await roles();
    expect(
      graph
        .filter(({ custom }) => custom)
        .map(({ name, inputs }) => `${name}: ${inputs["name"] ?? ""}`)
        .sort(),
    ).toEqual([
      "ci-boundary: millrace-test-ci-boundary",
      ...["data", "identities", "network", "reach", "read", "services"].flatMap((part) => [
        `ci-deploy-${part}-attached: `,
        `ci-deploy-${part}: millrace-test-ci-deploy-${part}`,
      ]),
      "ci-deploy: millrace-test-ci-deploy",
      "ci-github: ",
      "ci-plan-read-attached: ",
      "ci-plan-read: millrace-test-ci-plan-read",
      "ci-plan: millrace-test-ci-plan",
    ]);
  });

  it("lets only jobs of the environment deploy, and the branch and reviewed jobs plan", async () => {
    const graph = await roles({ branch: "trunk" });
    const statement = (Sid: string, subjects: string[], more: Record<string, string[]> = {}) => ({
      Sid,
      Effect: "Allow",
      Principal: { Federated: "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com" },
      Action: ["sts:AssumeRoleWithWebIdentity"],
      Condition: {
        StringEquals: {
          "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
          "token.actions.githubusercontent.com:sub": subjects,
          ...more,
        },
      },
    });
    const trust = (subjects: string[]) => [statement("GitHubActions", subjects)];
    expect(trustOf(graph, "ci-deploy")).toEqual([
      ...trust(["repo:example/millrace:environment:test"]),
      statement("GitHubFiles", ["repo:example/millrace:environment:test-rollback"], {
        "token.actions.githubusercontent.com:job_workflow_ref": [
          "example/millrace/.github/workflows/follow.yml@refs/heads/trunk",
          "example/millrace/.github/workflows/rollback.yml@refs/heads/trunk",
        ],
      }),
    ]);
    expect(trustOf(graph, "ci-plan")).toEqual(
      trust(["repo:example/millrace:ref:refs/heads/trunk", "repo:example/millrace:environment:test-plan"]),
    );
    expect(trustOf(await roles({ pullRequests: true }), "ci-plan")).toEqual(
      trust([
        "repo:example/millrace:ref:refs/heads/main",
        "repo:example/millrace:environment:test-plan",
        "repo:example/millrace:pull_request",
      ]),
    );
  });

  it("names the trusted provider in a preview, and makes the roles after it", async () => {
    const graph = await roles({}, true);
    for (const role of ["ci-plan", "ci-deploy"]) {
      expect(trustOf(graph, role)[0].Principal).toEqual({
        Federated: "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com",
      });
      expect(named(graph, role).dependencies).toContain("ci-github");
    }
  });

  it("uses the account's identity provider when it has one", async () => {
    const graph = await roles({ identityProviderArn: "arn:aws:iam::111111111111:oidc-provider/theirs" });
    expect(graph.map(({ name }) => name)).not.toContain("ci-github");
    expect(trustOf(graph, "ci-plan")[0].Principal).toEqual({ Federated: "arn:aws:iam::111111111111:oidc-provider/theirs" });
  });

  it("lets plan read configuration and nothing else: no object, no secret, no write", async () => {
    const [reads, ...others] = rightsOf(await roles(), "ci-plan");
    expect(others).toEqual([]);
    expect(reads.Action.filter((action: string) => !/^[a-z0-9]+:(BatchGet|Describe|Get|List|View)/.test(action))).toEqual([]);
    expect(
      reads.Action.filter((action: string) =>
        /s3:GetObject|secretsmanager|kms:Decrypt|ssm|GetAuthorizationToken|:Get\*$|s3:Get\*/.test(action),
      ),
    ).toEqual([]);
  });

  it("puts both under the boundary, and denies deploy the identities of CI and people", async () => {
    const graph = await roles({ administrators: [people] });
    for (const role of ["ci-plan", "ci-deploy"]) {
      expect(named(graph, role).dependencies).toContain("ci-boundary");
      expect(named(graph, role).inputs["permissionsBoundary"]).toBe("arn:aws:iam::111111111111:policy/millrace-test-ci-boundary");
    }
    for (const policy of ["ci-boundary", "ci-deploy-identities"]) {
      expect(byId(statementsOf(graph, policy), "HandsOffIdentities")).toMatchObject({
        Effect: "Deny",
        Resource: [
          "arn:aws:iam::111111111111:role/millrace-test-ci-*",
          "arn:aws:iam::111111111111:role/millrace-test-break-glass",
          "arn:aws:iam::111111111111:policy/*",
          "arn:aws:iam::111111111111:oidc-provider/*",
          "arn:aws:iam::111111111111:user/*",
          people,
        ],
      });
    }
  });

  it("lets deploy attach no policy that administers, pass roles to three services, and act in one region", async () => {
    const statements = rightsOf(await roles(), "ci-deploy");
    expect(
      byId(statements, "AttachServicePolicies").Condition.ArnLike["iam:PolicyARN"].some((arn: string) =>
        /Administrator|PowerUser|\/\*$/.test(arn),
      ),
    ).toBe(false);
    expect(byId(statements, "PassRoles").Condition).toEqual({
      StringEquals: { "iam:PassedToService": ["ec2.amazonaws.com", "eks.amazonaws.com", "pods.eks.amazonaws.com"] },
    });
    expect(byId(statements, "ManageNetwork").Condition).toEqual({
      StringEquals: {
        "aws:RequestedRegion": "eu-west-1",
        "aws:ResourceTag/project": "millrace",
        "aws:ResourceTag/environment": "test",
      },
    });
    expect(byId(statements, "ManageBuckets").Resource).toEqual(["arn:aws:s3:::millrace-test-*"]);
    expect(statements.flatMap(({ Action }) => Action).filter((action: string) => /^(\*|[^:]+:\*)$/.test(action))).toEqual([]);
  });

  it("allows keys, secrets and roles by name in the boundary, and roles to be passed to three services", async () => {
    const statements = statementsOf(await roles(), "ci-boundary");
    const allowed = statements.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => Action as string[]);
    expect(allowed.filter((action) => /^(\*|kms|secretsmanager|iam|s3)(:\*)?$/.test(action))).toEqual([]);
    expect(allowed.filter((action) => /^(kms|secretsmanager|iam):/.test(action) && action.endsWith("*"))).toEqual([
      "iam:Get*",
      "iam:List*",
      "kms:GetKey*",
      "kms:List*",
      "kms:GenerateDataKey*",
    ]);
    expect(byId(statements, "PassRoles")).toEqual({
      Sid: "PassRoles",
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: ["arn:aws:iam::111111111111:role/millrace-test-*"],
      Condition: {
        StringEquals: { "iam:PassedToService": ["ec2.amazonaws.com", "eks.amazonaws.com", "pods.eks.amazonaws.com"] },
      },
    });
  });

  it.each(["deploy", "plan"])("gives %s only rights that its boundary allows", async (role) => {
    const graph = await roles({ state });
    const allowed = statementsOf(graph, "ci-boundary")
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap(({ Action }) => Action as string[]);
    const covers = (pattern: string, action: string) => new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(action);
    const wanted = rightsOf(graph, `ci-${role}`)
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap(({ Action }) => Action as string[]);
    expect(wanted.filter((action) => !allowed.some((pattern) => covers(pattern, action)))).toEqual([]);
  });

  it("fits the sizes that IAM allows, with state and ten administrators", async () => {
    const graph = await roles({
      state: { ...state, stacks: ["foundation-test", "platform-test", "workloads-test"] },
      administrators: Array(10).fill(people),
      guardedStores: ["predictions", "audit"],
    });
    for (const { name, inputs } of graph.filter(({ type }) => type === "aws:iam/policy:Policy")) {
      expect(inputs["policy"].length, name).toBeLessThan(6_144);
    }
  });

  it("lets plan read and deploy write the stacks of the environment", async () => {
    const graph = await roles({ state });
    const files = [
      "arn:aws:s3:::state/.pulumi/stacks/millrace/foundation-test.*",
      "arn:aws:s3:::state/.pulumi/history/millrace/foundation-test/*",
      "arn:aws:s3:::state/.pulumi/backups/millrace/foundation-test/*",
      "arn:aws:s3:::state/.pulumi/locks/organization/millrace/foundation-test/*",
    ];
    const reads = {
      Sid: "ReadState",
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: ["arn:aws:s3:::state/.pulumi/meta.yaml", ...files],
    };
    const plan = rightsOf(graph, "ci-plan");
    expect(byId(plan, "ReadState")).toEqual(reads);
    expect(byId(plan, "WriteState")).toBeUndefined();
    const deploy = rightsOf(graph, "ci-deploy");
    expect(byId(deploy, "ReadState")).toEqual(reads);
    expect(byId(deploy, "WriteState")).toEqual({
      Sid: "WriteState",
      Effect: "Allow",
      Action: ["s3:PutObject", "s3:DeleteObject"],
      Resource: files,
    });
  });

  it("lets a deployment last two hours", async () => {
    expect(named(await roles(), "ci-deploy").inputs["maxSessionDuration"]).toBe(7_200);
  });

  it.each<[Partial<CiRolesArgs>, string]>([
    [
      { repositoryIds: { repository: "4711*", owner: "42" } },
      "'repositoryIds.repository' must be GitHub's number, digits in quotes, got '4711*'",
    ],
    [
      { repositoryIds: { repository: "4711", owner: "" } },
      "'repositoryIds.owner' must be GitHub's number, digits in quotes, got ''",
    ],
    [{ tags: {} }, "'tags' must be at least one tag: without any, every key would be one of ours, got '{}'"],
    [{ repository: "millrace" }, "'repository' must be `<organisation>/<repository>`, got 'millrace'"],
    [{ repository: "example/*" }, "'repository' must be `<organisation>/<repository>`, got 'example/*'"],
    [{ environment: "*" }, "'environment' must be the name of a GitHub environment, got '*'"],
    [
      { prefix: "Millrace" },
      "'prefix' must be lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters, got 'Millrace'",
    ],
    [
      { prefix: "m".repeat(55) },
      `'prefix' must be at most 54 characters long, so that '<prefix>-ci-deploy' fits IAM, got '${"m".repeat(55)}'`,
    ],
    [{ account: "1" }, "'account' must be the account's 12 digits, got '1'"],
    [{ branch: "*" }, "'branch' must be the name of a branch, got '*'"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new CiRoles("ci", { ...minimal, ...args }))).toBe(message);
  });
});
