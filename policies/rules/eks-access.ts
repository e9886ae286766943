import { patternOf } from "../exceptions.ts";
import { type Fault, levels, type Rule, rule } from "../rule.ts";

const ENTRY = "aws:eks/accessEntry:AccessEntry";
const ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation";

const entriesOnly = rule({
  id: "EKS-06",
  title: "Only access entries let anybody into the cluster, its creator too",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["CIS EKS 4.1.7", "CIS EKS 5.5.1"],
  remediation:
    'Set `accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false }` and make an AccessEntry for each role.',
  types: ["aws:eks/cluster:Cluster"],
  check: ({ inputs }) => {
    // What EKS does when nobody says otherwise: the aws-auth config map decides, and the creator is administrator for ever.
    const { authenticationMode = "CONFIG_MAP", bootstrapClusterCreatorAdminPermissions = true } = inputs.accessConfig ?? {};
    return [
      ...(authenticationMode === "API"
        ? []
        : [{ property: "accessConfig.authenticationMode", got: authenticationMode, want: "API" }]),
      ...(bootstrapClusterCreatorAdminPermissions
        ? [{ property: "accessConfig.bootstrapClusterCreatorAdminPermissions", got: "true", want: "false" }]
        : []),
    ];
  },
});

/** Access policies for people, which EKS also gives on single namespaces; the others are for its own machinery and need the whole cluster. */
const PERSONAS = /\/AmazonEKS(Admin|Edit|View|AdminView|SecretReader)Policy$/;
const READING = /ViewPolicy$/;

interface Trusted {
  /** Globs of the ARNs of roles that may administer the whole cluster: those that deploy, and those that mend what a deployment cannot. */
  breakGlass: string[];
  /** Globs of the ARNs of roles that may read it all. */
  readAll: string[];
}

const TRUSTED: Trusted = {
  breakGlass: ["arn:aws:iam::*:role/*-ci-deploy", "arn:aws:iam::*:role/platform-engineers"],
  readAll: ["arn:aws:iam::*:role/*-ci-plan"],
};

const rightsScoped = rule({
  id: "EKS-08",
  title: "Few administer the whole cluster; everybody else has rights in namespaces",
  severity: "critical",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 4.1.1", "SOC2 CC6.3"],
  remediation:
    'Associate a policy with `accessScope: { type: "namespace", namespaces }`, or give the AccessEntry a group of your own and bind it by role bindings. Roles for emergencies go into `breakGlass`.',
  parameters: { dev: TRUSTED, staging: TRUSTED, prod: TRUSTED },
  types: [ENTRY, ASSOCIATION],
  check: ({ type, inputs }, trusted) => (type === ENTRY ? mastersIn(inputs) : tooWide(inputs, trusted)),
});

function mastersIn({ kubernetesGroups = [] }: { kubernetesGroups?: string[] }): Fault[] {
  return kubernetesGroups.includes("system:masters")
    ? [{ property: "kubernetesGroups", got: "system:masters", want: "groups that role bindings know" }]
    : [];
}

function tooWide(inputs: any, { breakGlass, readAll }: Trusted): Fault[] {
  const policy: string = inputs.policyArn;
  const isOneOf = (globs: string[]): boolean => globs.some((glob) => patternOf(glob).test(inputs.principalArn));
  if (policy.endsWith("ClusterAdminPolicy")) {
    const want = `a role that may break the glass (${breakGlass.join(", ")})`;
    return isOneOf(breakGlass) ? [] : [{ property: "principalArn", got: inputs.principalArn, want }];
  }
  const scope = inputs.accessScope?.type ?? "nothing";
  // A preview compares the objects of every namespace.
  const mayBeWide = scope === "namespace" || !PERSONAS.test(policy) || (READING.test(policy) && isOneOf(readAll));
  return mayBeWide ? [] : [{ property: "accessScope.type", got: scope, want: "namespace" }];
}

export const EKS_ACCESS: readonly Rule[] = [entriesOnly, rightsScoped];
