import { awsOutputs } from "#simulation/aws/outputs";
import { LAYERS, type Layer } from "#stacks/contracts";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import type { Recorded } from "../harness/graph.ts";
import { stackOf } from "../harness/stacks.ts";

export interface Policy {
  name: string;
  policy: object;
}

/** A role with everything that decides what it may do. Policies of AWS itself stay out: their text is not ours. */
export interface Role {
  arn: string;
  trust: object;
  policies: Policy[];
  boundary?: Policy;
}

/** A planned AWS resource, with the ARN that it will have. */
export interface Planned extends Recorded {
  layer: Layer;
  arn: string;
  outputs: Record<string, any>;
  /** Its own tags and those of its provider. */
  tags: Record<string, string>;
}

/** One environment as IAM sees it. */
export interface Account {
  environment: EnvironmentName;
  number: string;
  region: string;
  resources: Planned[];
  /** By name in the program. */
  roles: Map<string, Role>;
  /** Policies that lie with the resource, by its ARN. */
  resourcePolicies: Map<string, object>;
}

const accounts = new Map<EnvironmentName, Promise<Account>>();

/** What all layers of an environment would make, as they are recorded. Read once. */
export function accountOf(environment: EnvironmentName): Promise<Account> {
  const account = accounts.get(environment) ?? read(environment);
  accounts.set(environment, account);
  return account;
}

async function read(environment: EnvironmentName): Promise<Account> {
  const resources: Planned[] = [];
  for (const layer of LAYERS) {
    resources.push(...plannedIn(layer, (await stackOf(layer, environment)).resources));
  }
  const { number, region } = placeOf((await stackOf("foundation", environment)).resources);
  return accountWith({ environment, number, region }, resources);
}

/** An account in which these resources are planned. */
export const accountWith = (
  place: Pick<Account, "environment" | "number" | "region">,
  resources: readonly Planned[],
): Account => ({
  ...place,
  resources: [...resources],
  roles: rolesOf(resources),
  resourcePolicies: resourcePoliciesOf(resources),
});

/** AWS resources of a layer, with what AWS would say of them. */
export function plannedIn(layer: Layer, recorded: readonly Recorded[]): Planned[] {
  const { number, region } = placeOf(recorded);
  const tagsOf = new Map(recorded.filter(isProvider).map(({ name, inputs }) => [name, JSON.parse(inputs["defaultTags"]).tags]));
  return recorded
    .filter(({ type }) => type.startsWith("aws:"))
    .map((resource) => {
      const outputs = awsOutputs(resource.type, resource.name, resource.inputs, { account: number, region });
      const tags = { ...tagsOf.get(resource.provider), ...resource.inputs["tags"] };
      return { ...resource, layer, outputs, tags, arn: String(outputs["arn"] ?? "") };
    });
}

const isProvider = ({ type }: Recorded): boolean => type === "pulumi:providers:aws";

function placeOf(resources: readonly Recorded[]): { number: string; region: string } {
  const { inputs } = resources.find(isProvider)!;
  return { number: JSON.parse(inputs["allowedAccountIds"])[0], region: inputs["region"] };
}

function rolesOf(resources: readonly Planned[]): Map<string, Role> {
  const ofType = (type: string) => resources.filter((each) => each.type === type);
  const managed = new Map(ofType("aws:iam/policy:Policy").map(({ arn, name, inputs }) => [arn, named(name, inputs["policy"])]));
  const roles = ofType("aws:iam/role:Role").map(({ name, arn, inputs, outputs }): [string, Role] => {
    const of = (each: Planned): boolean => each.inputs["role"] === outputs["name"];
    const boundary = managed.get(inputs["permissionsBoundary"]);
    return [
      name,
      {
        arn,
        trust: JSON.parse(inputs["assumeRolePolicy"]),
        policies: [
          ...ofType("aws:iam/rolePolicy:RolePolicy")
            .filter(of)
            .map((each) => named(each.name, each.inputs["policy"])),
          ...ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
            .filter(of)
            .flatMap((each) => managed.get(each.inputs["policyArn"]) ?? []),
        ],
        ...(boundary && { boundary }),
      },
    ];
  });
  return new Map(roles);
}

function resourcePoliciesOf(resources: readonly Planned[]): Map<string, object> {
  const found = resources.flatMap(({ type, arn, inputs }): [string, string][] => {
    switch (type) {
      case "aws:s3/bucketPolicy:BucketPolicy":
        return [[`arn:aws:s3:::${inputs["bucket"]}`, inputs["policy"]]];
      case "aws:kms/key:Key":
        return [[arn, inputs["policy"]]];
      case "aws:sqs/queuePolicy:QueuePolicy":
        return [[queueArn(resources, inputs["queueUrl"]), inputs["policy"]]];
      default:
        return [];
    }
  });
  return new Map(found.map(([arn, policy]) => [arn, JSON.parse(policy)]));
}

/** ARN of the queue with a URL. */
export const queueArn = (resources: readonly Planned[], url: string): string =>
  resources.find(({ type, outputs }) => type === "aws:sqs/queue:Queue" && (outputs["url"] === url || outputs["id"] === url))
    ?.arn ?? "";

const named = (name: string, policy: string): Policy => ({ name, policy: JSON.parse(policy) });
