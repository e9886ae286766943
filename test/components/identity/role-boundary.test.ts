import { expect, it } from "vitest";
import { LinkedRole, type LinkedRoleArgs } from "#components/identity/linked-role";
import { RoleBoundary, roleBoundaryArn } from "#components/identity/role-boundary";
import { record, refusal } from "../../harness/graph.ts";
import { roleBoundary as minimal } from "../minimal.ts";
import { named } from "../named.ts";

it("the boundary of roles has the ARN by which others know it, and fits IAM", async () => {
  const { inputs } = named(await record(() => new RoleBoundary("roles", minimal)), "roles");
  expect(roleBoundaryArn(minimal)).toBe(`arn:aws:iam::111111111111:policy/${inputs["name"]}`);
  expect(inputs["policy"].length).toBeLessThan(6_144);
});

it.each([
  [
    { prefix: "Millrace" },
    "'prefix' must be lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters, got 'Millrace'",
  ],
  [{ account: "1" }, "'account' must be the account's 12 digits, got '1'"],
])("the boundary of roles refuses %j", async (args, message) => {
  expect(await refusal(() => new RoleBoundary("roles", { ...minimal, ...args }))).toBe(message);
});

it("a role of a service is for those services that make none by themselves", async () => {
  const args = { service: "rds.amazonaws.com" } as unknown as LinkedRoleArgs;
  expect(await refusal(() => new LinkedRole("rds", args))).toBe(
    "'service' must be one of spot.amazonaws.com, got 'rds.amazonaws.com'",
  );
});
