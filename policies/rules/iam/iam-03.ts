import {
  conditionsOf,
  covers,
  isLimited,
  type PolicyStatement,
  principalsOf,
  speaksOf,
  statementsOf,
} from "../../aws/policy-document.ts";
import { ROLE } from "../../aws/types.ts";
import { type Fault, together, unless } from "../../findings.ts";
import { at, type Bag, isSet, numberOr, shown, text, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";
import { PERMISSIONS, permissionsOf } from "./permissions.ts";

interface Bounds {
  /** Which roles need a boundary. */
  boundary: "none" | "roles of people" | "every role";
  /** Whether a role that is passed needs the beginning of its name. */
  names: boolean;
  /** Longest session of a role. */
  hours: number;
}

const OURS = { names: true, hours: 4 };

/** What says how long a session lasts, in seconds or as `PT4H`. */
const SESSIONS: Readonly<Record<string, string>> = {
  [ROLE]: "maxSessionDuration",
  "aws:rolesanywhere/profile:Profile": "durationSeconds",
  "aws:ssoadmin/permissionSet:PermissionSet": "sessionDuration",
};

export const IAM_03 = rule<Bounds>({
  id: "IAM-03",
  title: "Roles are passed within one account to named services, made and changed only under a boundary, and have one in prod",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP IAM.21"],
  remediation:
    "Give `iam:PassRole` a `Resource` with account and role, and an `iam:PassedToService` condition. Allow changes of roles by `StringEquals` on `iam:PermissionsBoundary`. Set `permissionsBoundary` on roles that people or pipelines assume, and sessions of a few hours.",
  peers: ["AWS-0342"],
  types: [...new Set([...PERMISSIONS, ...Object.keys(SESSIONS)])],
  parameters: {
    dev: { ...OURS, boundary: "none" },
    staging: { ...OURS, boundary: "none" },
    prod: { ...OURS, boundary: "every role" },
  },
  elsewhere: { boundary: "roles of people", names: false, hours: 12 },
  check: ({ type, inputs }, { boundary, names, hours }) =>
    together(
      () =>
        type === ROLE &&
        !isSet(inputs, "permissionsBoundary") &&
        (boundary === "every role" || (boundary === "roles of people" && isTakenByPeople(inputs)))
          ? [{ property: "permissionsBoundary", got: "nothing", want: "the ARN of a policy that limits the role's rights" }]
          : [],
      () => longSessions(type, inputs, hours),
      () =>
        permissionsOf(inputs)
          .filter(passesRoles)
          .flatMap((statement) => passing(statement, names)),
      () => permissionsOf(inputs).flatMap(unbounded),
    ),
});

function longSessions(type: string, inputs: Bag, hours: number): Fault[] {
  const property = SESSIONS[type] ?? "";
  const seconds = secondsOf(text(inputs, property)) ?? numberOr(3600, inputs, property);
  return unless(seconds <= hours * 3600, {
    property,
    got: shown(inputs[property]),
    want: `at most ${hours * 3600} seconds, as nobody ends a session that was stolen`,
  });
}

/** Seconds of a duration of ISO 8601, `PT1H30M`. */
function secondsOf(duration = ""): number | undefined {
  const [all, hours = 0, minutes = 0] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?$/.exec(duration) ?? [];
  return all === undefined ? undefined : Number(hours) * 3600 + Number(minutes) * 60;
}

/**
 * Whoever may attach policies could give more rights to somebody who signs in as the role; a boundary limits that. A role for a service
 * (nodes, clusters, pods, also through the identity provider of a cluster) does one job, and IAM-01 limits its rights.
 */
const isTakenByPeople = (inputs: Bag): boolean =>
  statementsOf(at(inputs, "assumeRolePolicy"), "assumeRolePolicy").some((statement) => {
    const { AWS, Federated } = principalsOf(statement);
    return statement.allows && [...AWS, ...Federated].some((principal) => !principal.includes(":oidc-provider/oidc.eks."));
  });

const passesRoles = (statement: PolicyStatement): boolean => statement.allows && speaksOf(statement, "iam:PassRole");

/** A tool that makes roles cannot know their names beforehand: `role/*` of one account is enough where the service is named. */
const OF_ONE_ACCOUNT = /^arn:aws[a-z-]*:iam::\d{12}:role\//;

function passing(statement: PolicyStatement, names: boolean): Fault[] {
  const { path, body } = statement;
  const resources = isSet(body, "NotResource") ? ["*"] : texts(body, "Resource");
  const named = isLimited(statement, /^iam:PassedToService$/i, (value) => !covers(value, "any.amazonaws.com"));
  return [
    ...resources
      .filter((resource) => !OF_ONE_ACCOUNT.test(resource))
      .map((resource) => ({ property: `${path}.Resource`, got: resource, want: "role ARNs with an account" })),
    ...resources
      .filter((resource) => names && OF_ONE_ACCOUNT.test(resource) && /:role\/[*?]/.test(resource))
      .map((resource) => ({ property: `${path}.Resource`, got: resource, want: "role ARNs with the beginning of a name" })),
    ...unless(named, { property: `${path}.Condition`, got: "nothing", want: "limited to services by 'iam:PassedToService'" }),
  ];
}

/** Whoever may do one of these to a role without a boundary can make that role, and so themselves, anything. AWS knows the boundary as a condition of each. */
const STRENGTHENING = [
  "iam:AttachRolePolicy",
  "iam:CreateRole",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:UpdateAssumeRolePolicy",
];

function unbounded(statement: PolicyStatement): Fault[] {
  const { path, allows } = statement;
  const strengthens = allows ? STRENGTHENING.filter((action) => speaksOf(statement, action)) : [];
  const bounded = isLimited(statement, /^iam:PermissionsBoundary$/i, (value) => !/[*?]/.test(value));
  return [
    ...unless(strengthens.length === 0 || bounded, {
      property: `${path}.Condition`,
      got: `nothing for ${strengthens[0]}`,
      want: "the boundary that every such role has, under 'iam:PermissionsBoundary'",
    }),
    ...(allows ? anyPolicy(statement) : []),
  ];
}

const ADMINISTRATION = "arn:aws:iam::aws:policy/AdministratorAccess";

/** A condition on the policies that may be attached is meant to name some. */
const anyPolicy = (statement: PolicyStatement): Fault[] =>
  conditionsOf(statement)
    .filter(({ key, operator }) => /^iam:PolicyARN$/i.test(key) && /(Like|ArnEquals)/.test(operator) && !operator.includes("Not"))
    .flatMap(({ values }) => values)
    .filter((value) => covers(value, ADMINISTRATION))
    .map((got) => ({ property: `${statement.path}.Condition`, got, want: "policies by name, under 'iam:PolicyARN'" }));
