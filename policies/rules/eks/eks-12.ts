import { claimsOf, isNamed, rolesMeant } from "../../aws/roles.ts";
import {
  ACCESS_ENTRY,
  ROLE_POLICY_ATTACHMENT as ATTACHMENT,
  ROLE_POLICY as INLINE_POLICY,
  NODE_GROUP,
  POD_IDENTITY,
  POLICY,
  ROLE,
} from "../../aws/types.ts";
import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { NODE_CLASS, SERVICE_ACCOUNT } from "../../kubernetes/types.ts";
import { list, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

interface NodePolicies {
  /** Names of the policies of AWS that the role of nodes may hold. */
  nodePolicies: string[];
}

/** To join the cluster, to pull images, and to give pods their addresses (EKS user guide, "Amazon EKS node IAM role"). */
const ENOUGH: NodePolicies = {
  nodePolicies: [
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKSWorkerNodeMinimalPolicy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKS_CNI_Policy",
  ],
};

export const EKS_12 = stackRule({
  id: "EKS-12",
  title: "A node's role has only the rights that a node needs, and each service account has a role of its own",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 5.2.1", "CIS EKS 5.1.3"],
  remediation:
    "Remove the rights from the node's role and give them to the role of one service account, with an `aws.eks.PodIdentityAssociation`.",
  peers: ["prowler"],
  parameters: { dev: ENOUGH, staging: ENOUGH, prod: ENOUGH },
  types: [ROLE, ATTACHMENT, INLINE_POLICY, POD_IDENTITY, SERVICE_ACCOUNT],
  relate: (resources, parameters) =>
    together(
      () => excessOfNodes(resources, parameters),
      () => sharedRoles(resources),
      () =>
        ofEach(
          resources.filter(({ type }) => type === POD_IDENTITY),
          forEveryPod,
        ),
    ),
});

function excessOfNodes(resources: readonly Resource[], { nodePolicies }: NodePolicies): Finding[] {
  const nodeRoles = nodeRolesAmong(resources);
  const want = `one of ${nodePolicies.join(", ")}`;
  const isEnough = (arn: string): boolean => nodePolicies.includes(/^arn:[^:]+:iam::aws:policy\/(.+)$/.exec(arn)?.[1] ?? "");
  return ofEach(resources, (resource): Fault[] => {
    const { type, inputs } = resource;
    if (nodeRoles.includes(resource)) {
      return [
        ...texts(inputs, "managedPolicyArns")
          .filter((arn) => !isEnough(arn))
          .map((got) => ({ resource, property: "managedPolicyArns", got, want })),
        ...list(inputs, "inlinePolicies").map(() => ({
          resource,
          property: "inlinePolicies",
          got: "an inline policy",
          want: "left out",
        })),
      ];
    }
    const holder = type === ATTACHMENT || type === INLINE_POLICY ? holderOf(resource, resources) : undefined;
    if (holder === undefined || !nodeRoles.includes(holder)) {
      return [];
    }
    if (type === INLINE_POLICY) {
      return [{ resource, property: "policy", got: "an inline policy", want: "attached to the role of a service account" }];
    }
    const got = policyOf(resource, resources);
    return isEnough(got) ? [] : [{ resource, property: "policyArn", got, want }];
  });
}

/** Roles that EC2 may take and that a node group, node class or access entry of nodes depends on. */
function nodeRolesAmong(resources: readonly Resource[]): Resource[] {
  const awaited = new Set(resources.filter(bringsNodes).flatMap(({ dependencies }) => dependencies));
  const isForEc2 = ({ inputs }: Resource): boolean =>
    (JSON.stringify(inputs["assumeRolePolicy"] ?? "") ?? "").includes("ec2.amazonaws.com");
  return resources.filter((each) => each.type === ROLE && awaited.has(each.name) && isForEc2(each));
}

const bringsNodes = ({ type, inputs }: Resource): boolean =>
  type === NODE_GROUP || type === NODE_CLASS || (type === ACCESS_ENTRY && (text(inputs, "type") ?? "").startsWith("EC2"));

/** The attached policy: its name if it is in this stack, because its ARN may not be known yet, else its ARN. AWS's own policies are never in a stack. */
function policyOf({ dependencies, inputs }: Resource, resources: readonly Resource[]): string {
  const named = (type: string, name: string): boolean => resources.some((each) => each.type === type && each.name === name);
  return dependencies.find((name) => named(POLICY, name) && !named(ROLE, name)) ?? text(inputs, "policyArn") ?? "nothing";
}

const holderOf = (resource: Resource, resources: readonly Resource[]): Resource | undefined =>
  roleOf(resource, () => text(resource.inputs, "role") ?? "", resources);

/**
 * The role of this stack that a resource belongs to. The role's name may not be known yet, so dependencies decide: the only role that
 * the resource depends on, or the one in the same component if there are several (a policy may mention other roles). The name or ARN
 * is read only if this leaves the question open.
 */
function roleOf(
  { dependencies, parent }: Resource,
  nameOrArn: () => string,
  resources: readonly Resource[],
): Resource | undefined {
  const near = resources.filter(({ type, name }) => type === ROLE && dependencies.includes(name));
  const own = near.length > 1 ? near.filter((role) => role.parent === parent) : near;
  return own.length === 1 ? own[0] : near.find((role) => isNamed(role, nameOrArn()));
}

/** A pod that names no service account has the account `default` of its namespace. */
const forEveryPod = (resource: Resource): Fault[] =>
  unless(text(resource.inputs, "serviceAccount") !== "default", {
    resource,
    property: "serviceAccount",
    got: "default",
    want: "an account of its own, as every pod that names none has this one",
  });

/** The role of the stack that a claim means, by its name in the program, and else its ARN. */
function meant(resource: Resource, arn: () => string, resources: readonly Resource[]): string {
  const roles = rolesMeant(resource, arn, resources);
  const own = roles.length > 1 ? roles.filter(({ parent }) => parent === resource.parent) : roles;
  return own.length === 1 && own[0] ? own[0].name : arn();
}

/** A role that two service accounts share gives each of them the rights of the other. */
function sharedRoles(resources: readonly Resource[]): Fault[] {
  const claims = resources.flatMap((resource) =>
    claimsOf(resource).map(({ property, arn }) => ({
      resource,
      property,
      role: meant(resource, arn, resources),
    })),
  );
  return claims.flatMap(({ resource, property, role }, index) => {
    const first = claims.slice(0, index).find((claim) => claim.role === role);
    return first ? [{ resource, property, got: role, want: `a role of its own, not that of ${first.resource.name}` }] : [];
  });
}
