import type { Account, Role } from "./account.ts";
import { allows, type Context, knows, madeUp } from "./evaluate.ts";

interface Statement {
  Effect: string;
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** Roles under the boundary of roles. */
export const bounded = ({ roles }: Account): [string, Role][] =>
  [...roles].filter(([, { boundary }]) => boundary?.name === "role-boundary");

/** What a request must carry to meet a statement's conditions. */
const meeting = ({ Condition = {} }: Statement): Context =>
  Object.fromEntries(
    Object.entries(Condition)
      .filter(([operator]) => !operator.startsWith("ForAllValues"))
      .flatMap(([, keys]) => Object.entries(keys))
      .map(([key, value]) => [key, [value].flat()[0]!.replaceAll("*", "x")]),
  );

async function resourceFor(action: string, patterns: readonly string[], account: Account): Promise<string> {
  for (const pattern of patterns) {
    const arn = pattern.replaceAll("*", "x").replace(/:x:(?=\w+\/)/, `:${account.number}:`);
    if (pattern !== "*" && (await knows(action, arn))) {
      return arn;
    }
  }
  return madeUp(action, account);
}

/** Public parameters belong to no account, which AWS's table of ARNs does not know. */
const PUBLIC = /::parameter\//;

/** What a request carries that is about something of the environment's. */
export const OURS = (environment: string): Context => ({
  "aws:ResourceTag/project": "millrace",
  "aws:ResourceTag/environment": environment,
});

/** A policy that allows everything. */
export const ALL = [
  { name: "everything", policy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] } },
];

/** What a boundary takes away from roles whose own policies give it, a line each. */
export async function takenAway(account: Account, roles: readonly [string, Role][]): Promise<string[]> {
  const lost: string[] = [];
  for (const [name, role] of roles) {
    const statements = role.policies.flatMap(({ policy }) => (policy as { Statement: Statement[] }).Statement);
    const asked = statements.filter(({ Effect, Resource }) => Effect === "Allow" && !Resource.some((arn) => PUBLIC.test(arn)));
    for (const statement of asked) {
      for (const action of statement.Action) {
        const resource = await resourceFor(action, statement.Resource, account);
        const context = { ...OURS(account.environment), ...meeting(statement) };
        if (!(await allows(account, { arn: role.arn, policies: ALL, boundary: role.boundary! }, { action, resource, context }))) {
          lost.push(`${name}: ${action} on ${resource}`);
        }
      }
    }
  }
  return lost;
}
