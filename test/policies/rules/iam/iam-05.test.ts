import { describe, expect, it } from "vitest";
import { SHARED } from "#policies/aws/resource-policies";
import { resourceShape } from "#simulation/aws/schema";
import { describeRule, found, resource } from "../../harness.ts";

const FOREIGN = "arn:aws:iam::999999999999:root";
const OURS = { allowedAccountIds: '["333333333333"]' };

const json = (statement: object): string => JSON.stringify({ Statement: [{ Effect: "Allow", Resource: "*", ...statement }] });

describeRule("IAM-05", [
  {
    what: "a queue for rules of every account",
    layer: "platform",
    resource: "karpenter-interruptions-policy",
    change: (inputs) => {
      const document = JSON.parse(inputs.policy);
      const rules = document.Statement.find(({ Sid }: any) => Sid === "RulesSend");
      rules.Condition = { ArnLike: { "aws:SourceArn": "arn:aws:events:*:*:rule/*" } };
      inputs.policy = JSON.stringify({ Statement: [rules] });
    },
    says: "platform-prod/karpenter-interruptions-policy: 'policy.Statement.0.Principal' must be principals of known accounts, got 'events.amazonaws.com for any account'",
    unknown: "policy",
  },
  {
    what: "a registry that another account pushes to",
    layer: "foundation",
    add: {
      type: "aws:ecr/repositoryPolicy:RepositoryPolicy",
      name: "push",
      inputs: { policy: json({ Principal: { AWS: FOREIGN }, Action: "ecr:*" }) },
      provider: OURS,
    },
    says: `foundation-prod/push: 'policy.Statement.0.Principal' must be principals of known accounts, got '${FOREIGN}'`,
  },
  {
    what: "a cluster that a role of another account enters",
    layer: "platform",
    resource: "access-member-risk-ml-engineers",
    change: (inputs) => (inputs.principalArn = FOREIGN),
    says: `platform-prod/access-member-risk-ml-engineers: 'principalArn' must be principals of known accounts, got '${FOREIGN}'`,
    unknown: "principalArn",
  },
  {
    what: "an endpoint of S3 that leads to every bucket",
    layer: "foundation",
    resource: "network-s3",
    change: (inputs) => delete inputs.policy,
    says: "foundation-prod/network-s3: 'policy' must be limited by 'aws:ResourceAccount' to known accounts, or to reads of buckets by name, got 'nothing, which leads to every bucket'",
    unknown: "policy",
  },
  {
    what: "an endpoint of S3 for buckets of an account that a star matches",
    layer: "foundation",
    resource: "network-s3",
    change: (inputs) =>
      (inputs.policy = json({ Principal: "*", Action: "s3:*", Condition: { StringLike: { "aws:ResourceAccount": "*" } } })),
    says: "foundation-prod/network-s3: 'policy.Statement.0' must be limited by 'aws:ResourceAccount' to known accounts, or to reads of buckets by name, got '*'",
  },
  {
    what: "an endpoint of S3 through which somebody's bucket is written",
    layer: "foundation",
    resource: "network-s3",
    change: (inputs) => (inputs.policy = json({ Principal: "*", Action: "s3:PutObject", Resource: "arn:aws:s3:::theirs/*" })),
    says: "foundation-prod/network-s3: 'policy.Statement.0' must be limited by 'aws:ResourceAccount' to known accounts, or to reads of buckets by name, got 'arn:aws:s3:::theirs/*'",
  },
  {
    what: "a snapshot for everybody",
    layer: "foundation",
    add: { type: "aws:rds/snapshot:Snapshot", name: "copy", inputs: { dbInstanceIdentifier: "a", sharedAccounts: ["all"] } },
    says: "foundation-prod/copy: 'sharedAccounts' must be principals of known accounts, got 'all'",
    unknown: "sharedAccounts",
  },
]);

describe("IAM-05", () => {
  const faults = (type: string, inputs: object, provider = {}) => found("IAM-05", resource("x", inputs, { type, provider }));
  const topic = (statement: object) => faults("aws:sns/topicPolicy:TopicPolicy", { policy: json(statement) });

  it("looks only at types and properties that the AWS package has", () => {
    expect(SHARED.filter((type) => resourceShape(type) === undefined)).toEqual([]);
  });

  it.each<[object, string[]]>([
    [{ Principal: "*", Action: "sns:Subscribe" }, ["policy.Statement.0.Principal: *"]],
    [{ Principal: ["*"], Action: "sns:Subscribe" }, ["policy.Statement.0.Principal: *"]],
    [{ Principal: { AWS: ["*"] }, Action: "sns:Subscribe" }, ["policy.Statement.0.Principal: *"]],
    [{ Principal: "*", Condition: { StringLike: { "aws:PrincipalOrgID": "o-*" } } }, ["policy.Statement.0.Principal: *"]],
    [{ Principal: "*", Condition: { StringLike: { "aws:PrincipalOrgID": "*" } } }, ["policy.Statement.0.Principal: *"]],
    [{ Principal: "*", Condition: { ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" } } }, ["policy.Statement.0.Principal: *"]],
    [
      { Principal: "*", Condition: { IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } } },
      ["policy.Statement.0.Principal: *"],
    ],
    [
      { Principal: "*", Condition: { StringEqualsIfExists: { "aws:SourceOwner": "333333333333" } } },
      ["policy.Statement.0.Principal: *"],
    ],
    [
      { Principal: "*", Condition: { "ForAllValues:StringEquals": { "aws:PrincipalOrgPaths": "o-a/r-b/*" } } },
      ["policy.Statement.0.Principal: *"],
    ],
    [
      {
        Principal: "*",
        Condition: {
          "ForAllValues:StringLike": { "aws:PrincipalOrgPaths": "o-a/r-b/*" },
          Null: { "aws:PrincipalOrgPaths": "false" },
        },
      },
      [],
    ],
    [{ Principal: { AWS: "*" }, Condition: { StringEquals: { "AWS:SourceOwner": "333333333333" } } }, []],
    [{ Principal: { Service: "s3.amazonaws.com" }, Condition: { ArnLike: { "aws:SourceArn": "arn:aws:s3:::data-1a2b" } } }, []],
    [{ Principal: { AWS: "arn:aws:iam::333333333333:role/reader" } }, []],
    [{ Effect: "Deny", Principal: "*" }, []],
  ])("reads %j as %j", (statement, said) => {
    expect(topic(statement)).toEqual(said);
  });

  it("knows the accounts of the provider, and takes a named account for meant where it knows none", () => {
    const inputs = { principal: "999999999999" };
    expect(faults("aws:lambda/permission:Permission", inputs, OURS)).toEqual(["principal: 999999999999"]);
    expect(faults("aws:lambda/permission:Permission", inputs)).toEqual([]);
  });

  it.each<[object, string[]]>([
    [{ principal: "*" }, ["principal: *"]],
    [{ principal: "apigateway.amazonaws.com" }, ["principal: apigateway.amazonaws.com for any account"]],
    [{ principal: "apigateway.amazonaws.com", sourceArn: "arn:aws:execute-api:eu-west-1:333333333333:a/*" }, []],
    [{ principal: "s3.amazonaws.com", sourceAccount: "333333333333" }, []],
    [{ principal: null }, []],
  ])("reads the permission %j as %j", (inputs, said) => {
    expect(faults("aws:lambda/permission:Permission", inputs)).toEqual(said);
  });

  it("reads grants of keys and shares of resources", () => {
    const grantee = (role: string) =>
      faults("aws:kms/grant:Grant", { granteePrincipal: `arn:aws:iam::${role}`, operations: ["Decrypt"] }, OURS);
    expect(grantee("999999999999:role/reader")).toHaveLength(1);
    expect(grantee("333333333333:role/reader")).toEqual([]);
    const share = (allowExternalPrincipals: unknown) =>
      faults("aws:ram/resourceShare:ResourceShare", { allowExternalPrincipals });
    expect(share("true")).toEqual(["allowExternalPrincipals: any account"]);
    expect(share(false)).toEqual([]);
  });

  it("reads copies and roles of other accounts", () => {
    const copy = (registryId: unknown) =>
      faults(
        "aws:ecr/replicationConfiguration:ReplicationConfiguration",
        { replicationConfiguration: { rules: [{ destinations: [null, { region: "eu-north-1", registryId }] }] } },
        OURS,
      );
    expect(copy("999999999999")).toEqual(["replicationConfiguration.rules.0.destinations.1.registryId: 999999999999"]);
    expect(copy("333333333333")).toEqual([]);
    const inventory = (accountId: unknown) =>
      faults("aws:s3/inventory:Inventory", { destination: { bucket: { accountId } } }, OURS);
    expect(inventory("999999999999")).toEqual(["destination.bucket.accountId: 999999999999"]);
    expect(inventory(null)).toEqual([]);
    const target = (targetRoleArn: string) =>
      faults("aws:eks/podIdentityAssociation:PodIdentityAssociation", { targetRoleArn }, OURS);
    expect(target("arn:aws:iam::999999999999:role/reader")).toHaveLength(1);
    expect(target("arn:aws:iam::333333333333:role/reader")).toEqual([]);
  });

  it.each<[object, object, string[]]>([
    [
      { Resource: "arn:aws:iam::999999999999:role/share" },
      OURS,
      ["policy.Statement.0.Resource: arn:aws:iam::999999999999:role/share"],
    ],
    [{ Resource: "arn:aws:iam::*:role/share" }, OURS, ["policy.Statement.0.Resource: arn:aws:iam::*:role/share"]],
    [{ Resource: "arn:aws:iam::*:role/share", Condition: { StringEquals: { "aws:ResourceAccount": "333333333333" } } }, OURS, []],
    [{ Resource: ["arn:aws:iam::333333333333:role/share", null] }, OURS, []],
    [{ Resource: "arn:aws:iam::999999999999:role/share" }, {}, []],
    [{ Effect: "Deny", Resource: "arn:aws:iam::999999999999:role/share" }, OURS, []],
    [{ Action: "sts:TagSession", Resource: "arn:aws:iam::999999999999:role/share" }, OURS, []],
  ])("reads the role %j of a program with %j as %j", (body, provider, said) => {
    const policy = JSON.stringify({ Statement: { Effect: "Allow", Action: "sts:AssumeRole", ...body } });
    expect(faults("aws:iam/rolePolicy:RolePolicy", { policy }, provider)).toEqual(said);
  });

  it("takes a provider of logins for everybody, unless it is one of a known account", () => {
    expect(topic({ Principal: { Federated: "*" } })).toHaveLength(1);
    expect(topic({ Principal: { Federated: "accounts.google.com" } })).toHaveLength(1);
    expect(topic({ Principal: { Federated: "arn:aws:iam::333333333333:saml-provider/office" } })).toEqual([]);
  });
});
