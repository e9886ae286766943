import { describe, expect, it } from "vitest";
import { CiRoles, type CiRolesArgs } from "#components/ci/ci-roles";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { ciRoles } from "../components/minimal.ts";
import { named } from "../components/named.ts";
import { record } from "../harness/graph.ts";
import { accountOf, type Role } from "./account.ts";
import { trusts } from "./evaluate.ts";

const REPOSITORY = "repo:example/millrace";

describe("a token of GitHub", () => {
  it.each<[EnvironmentName, string, "gets" | "does not get", string]>([
    ["dev", `${REPOSITORY}:environment:dev`, "gets", "ci-deploy"],
    ["prod", `${REPOSITORY}:environment:prod`, "gets", "ci-deploy"],
    ["prod", `${REPOSITORY}:environment:dev`, "does not get", "ci-deploy"],
    ["prod", `${REPOSITORY}:environment:prod-plan`, "does not get", "ci-deploy"],
    ["prod", `${REPOSITORY}:environment:prod-images`, "does not get", "ci-deploy"],
    ["prod", `${REPOSITORY}:ref:refs/heads/main`, "does not get", "ci-deploy"],
    ["prod", `${REPOSITORY}:ref:refs/tags/v1`, "does not get", "ci-deploy"],
    ["prod", `${REPOSITORY}:pull_request`, "does not get", "ci-deploy"],
    ["prod", "repo:example/millrace-fork:environment:prod", "does not get", "ci-deploy"],
    ["prod", "repo:stranger/millrace:environment:prod", "does not get", "ci-deploy"],
    ["dev", `${REPOSITORY}:pull_request`, "gets", "ci-plan"],
    ["staging", `${REPOSITORY}:pull_request`, "does not get", "ci-plan"],
    ["prod", `${REPOSITORY}:pull_request`, "does not get", "ci-plan"],
    ["prod", `${REPOSITORY}:environment:prod-plan`, "gets", "ci-plan"],
    ["prod", `${REPOSITORY}:ref:refs/heads/main`, "gets", "ci-plan"],
    ["prod", `${REPOSITORY}:ref:refs/heads/main2`, "does not get", "ci-plan"],
    ["prod", `${REPOSITORY}:environment:prod-images`, "gets", "publishers-images"],
    ["prod", `${REPOSITORY}:environment:prod-models`, "gets", "publishers-models"],
    ["prod", `${REPOSITORY}:environment:prod-models`, "does not get", "publishers-images"],
    ["prod", `${REPOSITORY}:environment:dev-models`, "does not get", "publishers-models"],
    ["dev", `${REPOSITORY}:pull_request`, "does not get", "publishers-images"],
    ["staging", `${REPOSITORY}:environment:staging`, "gets", "publishers-promote"],
    ["staging", `${REPOSITORY}:environment:dev`, "does not get", "publishers-promote"],
    ["staging", `${REPOSITORY}:environment:staging-models`, "does not get", "publishers-promote"],
    ["dev", `${REPOSITORY}:environment:staging`, "gets", "publishers-reader"],
    ["dev", `${REPOSITORY}:environment:prod`, "does not get", "publishers-reader"],
    ["dev", `${REPOSITORY}:environment:dev`, "does not get", "publishers-reader"],
    ["dev", `${REPOSITORY}:pull_request`, "does not get", "publishers-reader"],
    ["staging", `${REPOSITORY}:environment:prod`, "gets", "publishers-reader"],
  ])("of %s with the subject %s %s %s", async (environment, sub, verdict, role) => {
    const account = await accountOf(environment);
    expect(await trusts(account, account.roles.get(role)!, { sub })).toBe(verdict === "gets");
  });

  const file = (name: string, ref = "refs/heads/main", repository = "example/millrace") =>
    `${repository}/.github/workflows/${name}@${ref}`;

  it.each<[EnvironmentName, string, string | undefined, "gets" | "does not get"]>([
    ["prod", "prod-rollback", file("rollback.yml"), "gets"],
    ["staging", "staging-rollback", file("follow.yml"), "gets"],
    ["prod", "prod-rollback", file("promote.yml"), "does not get"],
    ["prod", "prod-rollback", file("rollback.yml", "refs/heads/mine"), "does not get"],
    ["prod", "prod-rollback", file("rollback.yml", "refs/pull/7/merge"), "does not get"],
    ["prod", "prod-rollback", file("rollback.yml", "refs/heads/main", "stranger/millrace"), "does not get"],
    ["prod", "prod-rollback", undefined, "does not get"],
    ["prod", "dev-rollback", file("rollback.yml"), "does not get"],
    ["prod", "prod-plan", file("rollback.yml"), "does not get"],
  ])(
    "of %s that takes back, in %s with the file %s, %s the deploying role",
    async (environment, name, job_workflow_ref, verdict) => {
      const account = await accountOf(environment);
      const claims = { sub: `${REPOSITORY}:environment:${name}`, ...(job_workflow_ref !== undefined && { job_workflow_ref }) };
      expect(await trusts(account, account.roles.get("ci-deploy")!, claims)).toBe(verdict === "gets");
    },
  );

  it("with another audience gets nothing", async () => {
    const account = await accountOf("dev");
    expect(
      await trusts(account, account.roles.get("ci-plan")!, {
        sub: `${REPOSITORY}:pull_request`,
        aud: "https://github.com/example",
      }),
    ).toBe(false);
  });
});

describe("a repository with its numbers", () => {
  const ids = { repository: "4711", owner: "42" };
  const claims = { repository_id: ids.repository, repository_owner_id: ids.owner };
  const roleWith = async (args: Partial<CiRolesArgs>): Promise<Role> => {
    const { inputs } = named(await record(() => new CiRoles("ci", { ...ciRoles, ...args })), "ci-deploy");
    return {
      arn: "arn:aws:iam::111111111111:role/millrace-test-ci-deploy",
      trust: JSON.parse(inputs["assumeRolePolicy"]),
      policies: [],
    };
  };
  const ask = async (args: Partial<CiRolesArgs>, given: Record<string, string>) =>
    trusts(await accountOf("dev"), await roleWith(args), given);

  it.each<["trusts" | "does not trust", string, Record<string, string>]>([
    ["trusts", "the subject with names", { sub: `${REPOSITORY}:environment:test`, ...claims }],
    ["trusts", "the subject with numbers", { sub: "repo:example@42/millrace@4711:environment:test", ...claims }],
    ["does not trust", "the numbers of another repository", { sub: "repo:example@42/millrace@4712:environment:test", ...claims }],
    [
      "does not trust",
      "the same name of another owner",
      { sub: `${REPOSITORY}:environment:test`, repository_id: "4711", repository_owner_id: "43" },
    ],
    [
      "does not trust",
      "the same name, made again",
      { sub: `${REPOSITORY}:environment:test`, repository_id: "4712", repository_owner_id: "42" },
    ],
    ["does not trust", "a token without numbers", { sub: `${REPOSITORY}:environment:test` }],
    ["does not trust", "another environment", { sub: "repo:example@42/millrace@4711:environment:other", ...claims }],
    ["does not trust", "a pull request", { sub: "repo:example@42/millrace@4711:pull_request", ...claims }],
  ])("%s %s", async (verdict, _, given) => {
    expect(await ask({ repositoryIds: ids }, given)).toBe(verdict === "trusts");
  });

  it("is known by its names alone where no numbers are given", async () => {
    expect(await ask({}, { sub: `${REPOSITORY}:environment:test` })).toBe(true);
    expect(await ask({}, { sub: "repo:example@42/millrace@4711:environment:test", ...claims })).toBe(false);
  });
});
