import { SERVICE_ACCOUNT } from "../kubernetes/types.ts";
import { bags, hasKey, isSet, text } from "../read.ts";
import { type Resource, Undecided } from "../resource.ts";
import { ADDON, POD_IDENTITY, ROLE } from "./types.ts";

/** Gave service accounts their roles before Pod Identity did. */
const ROLE_ANNOTATION = "eks.amazonaws.com/role-arn";

/** A place where a service account is given a role. */
export interface Claim {
  property: string;
  arn: () => string;
}

/** Where service accounts are given roles: Pod Identity, an add-on's part of it, and the annotation that came before it. */
export function claimsOf({ type, inputs }: Resource): Claim[] {
  if (type === POD_IDENTITY) {
    return [{ property: "roleArn", arn: () => text(inputs, "roleArn") ?? "nothing" }];
  }
  if (type === ADDON) {
    return bags(inputs, "podIdentityAssociations").map((association, index) => ({
      property: `podIdentityAssociations.${index}.roleArn`,
      arn: () => text(association, "roleArn") ?? "nothing",
    }));
  }
  return type === SERVICE_ACCOUNT && hasKey(inputs, "metadata", "annotations", ROLE_ANNOTATION)
    ? [
        {
          property: `metadata.annotations.${ROLE_ANNOTATION}`,
          arn: () => text(inputs, "metadata", "annotations", ROLE_ANNOTATION) ?? "nothing",
        },
      ]
    : [];
}

/** Whether a role has a name, or an ARN with it. The engine makes up the end of a name that only has a beginning. */
export function isNamed({ name, inputs }: Resource, nameOrArn: string): boolean {
  const called = nameOrArn.split("/").at(-1) ?? "";
  if (isSet(inputs, "name")) {
    return called === text(inputs, "name");
  }
  return called.startsWith(text(inputs, "namePrefix") ?? `${name}-`);
}

/**
 * Roles of a stack that a resource may mean by a name or an ARN. Before the first deployment nobody knows it: then those that the resource
 * waits for.
 *
 * @throws {Undecided} when it is not known yet and the resource waits for no role.
 */
export function rolesMeant(resource: Resource, nameOrArn: () => string, resources: readonly Resource[]): Resource[] {
  const roles = resources.filter(({ type }) => type === ROLE);
  try {
    const known = nameOrArn();
    return roles.filter((role) => isNamed(role, known));
  } catch (error) {
    const near = roles.filter(({ name }) => resource.dependencies.includes(name));
    if (error instanceof Undecided && near.length > 0) {
      return near;
    }
    throw error;
  }
}
