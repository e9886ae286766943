import { describe, expect, it } from "vitest";
import { ClusterAccess, type ClusterAccessArgs } from "#components/cluster/access-entries";
import { record, refusal } from "../../harness/graph.ts";
import { clusterAccess as minimal } from "../minimal.ts";
import { named } from "../named.ts";

const role = (name: string): string => `arn:aws:iam::111111111111:role/${name}`;
const access = (args: Partial<ClusterAccessArgs> = {}) => record(() => void new ClusterAccess("access", { ...minimal, ...args }));

describe("ClusterAccess", () => {
  it("lets the deployer and the administrators do everything", async () => {
    const graph = await access({ admins: [role("platform"), role("sso/oncall")] });
    const policies = graph.filter(({ type }) => type === "aws:eks/accessPolicyAssociation:AccessPolicyAssociation");
    expect(
      policies
        .map(({ name, inputs }) => [name, inputs["principalArn"], inputs["policyArn"].split("/")[1], inputs["accessScope"].type])
        .toSorted((one, other) => one[0].localeCompare(other[0])),
    ).toEqual([
      ["access-admin-oncall-policy", role("sso/oncall"), "AmazonEKSClusterAdminPolicy", "cluster"],
      ["access-admin-platform-policy", role("platform"), "AmazonEKSClusterAdminPolicy", "cluster"],
      ["access-deploy-policy", role("deploy"), "AmazonEKSClusterAdminPolicy", "cluster"],
    ]);
    for (const { name, dependencies } of policies) {
      expect(dependencies).toContain(name.replace(/-policy$/, ""));
    }
  });

  it("lets a role for an emergency do everything, and makes no entry without one", async () => {
    const emergency = role("millrace-test-break-glass");
    const graph = await access({ emergency });
    expect(named(graph, "access-emergency").inputs).toMatchObject({ principalArn: emergency, type: "STANDARD" });
    expect(named(graph, "access-emergency-policy").inputs).toMatchObject({ principalArn: emergency });
    expect((await access()).filter(({ name }) => name.includes("emergency"))).toEqual([]);
  });

  it("makes the planner a member of a group, and gives it no policy of EKS, which would include Secrets", async () => {
    expect(named(await access(), "access-plan").inputs).toEqual({
      clusterName: "millrace-test",
      principalArn: role("plan"),
      kubernetesGroups: ["millrace-plan"],
      type: "STANDARD",
    });
  });

  it("makes one entry for each member role, with all of its groups", async () => {
    const graph = await access({ groups: { readers: [role("sso/ann"), role("bob")], writers: [role("bob")], nobody: [] } });
    const members = graph.filter(({ name }) => name.startsWith("access-member-"));
    expect(members.map(({ type, name, inputs }) => [type, name, inputs])).toEqual(
      [
        ["access-member-ann", role("sso/ann"), ["readers"]],
        ["access-member-bob", role("bob"), ["readers", "writers"]],
      ].map(([name, principalArn, kubernetesGroups]) => [
        "aws:eks/accessEntry:AccessEntry",
        name,
        { clusterName: "millrace-test", principalArn, kubernetesGroups, type: "STANDARD" },
      ]),
    );
  });

  it.each<[Partial<ClusterAccessArgs>, string]>([
    [{ admins: [] }, "'admins' must be a list of at least 1 entries, got '0'"],
    [
      { admins: ["arn:aws:iam::111111111111:user/eve"] },
      "'admins' must be the ARN of an IAM role, got 'arn:aws:iam::111111111111:user/eve'",
    ],
    [{ deployRole: "deploy" }, "'deployRole' must be the ARN of an IAM role, got 'deploy'"],
    [{ planRole: "" }, "'planRole' must be the ARN of an IAM role, got ''"],
    [{ admins: [role("deploy")] }, `'roles' must be distinct, got '${role("deploy")}'`],
    [{ groups: { ops: ["ops"] } }, "'groups' must be the ARN of an IAM role, got 'ops'"],
    [{ groups: { ops: [role("platform")] } }, `'roles' must be distinct, got '${role("platform")}'`],
    [{ groups: { ops: [role("a/ops")], qa: [role("b/ops")] } }, "'names of the groups' roles' must be distinct, got 'ops'"],
    [
      { groups: { "system:masters": [role("ops")] } },
      "'groups' must be names that do not begin with system:, eks:, aws:, amazon: or iam:, got 'system:masters'",
    ],
    [{ admins: [role("a/ops"), role("b/ops")] }, "'names of the admins' roles' must be distinct, got 'ops'"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new ClusterAccess("access", { ...minimal, ...args }))).toBe(message);
  });
});
