import { ACCESS_ENTRY } from "../../aws/types.ts";
import { isListed } from "../../exceptions.ts";
import { type Fault, unless } from "../../findings.ts";
import { type Bag, shown, text, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation";

/** Access policies for people, which EKS also gives on single namespaces; the others are for its own machinery and need the whole cluster. */
const PERSONAS = /\/AmazonEKS(Admin|Edit|View|AdminView|SecretReader)Policy$/;
/** Reads, and no Secret: AdminView includes them. */
const READING = /\/AmazonEKSViewPolicy$/;

interface Trusted {
  /** Globs of the ARNs of roles that may administer the whole cluster: those that deploy, and those for emergencies. */
  breakGlass: string[];
  /** Globs of the ARNs of roles that may read it all but Secrets. */
  readAll: string[];
  /** Namespaces whose administrators administer the cluster by its controllers. */
  system: string[];
}

const TRUSTED: Trusted = {
  breakGlass: ["arn:aws:iam::*:role/*-ci-deploy", "arn:aws:iam::*:role/platform-engineers", "arn:aws:iam::*:role/*-break-glass"],
  readAll: ["arn:aws:iam::*:role/*-ci-plan"],
  system: ["kube-*", "monitoring", "istio-*", "cert-manager", "external-secrets", "argo-rollouts", "keda", "kueue-system"],
};

/** Policies by which somebody changes what is in a namespace. */
const WRITING = /AmazonEKS(Admin|Edit)Policy$/;

export const EKS_08 = rule({
  id: "EKS-08",
  title: "Only listed roles administer the whole cluster; all others have rights in namespaces",
  severity: "critical",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 4.1.1", "SOC2 CC6.3"],
  remediation:
    'Associate a policy with `accessScope: { type: "namespace", namespaces }`, or give the AccessEntry a group of your own and bind the group with role bindings. List roles for emergencies in the parameter `breakGlass`.',
  parameters: { dev: TRUSTED, staging: TRUSTED, prod: TRUSTED },
  // Which roles of others administer their cluster is not known here.
  elsewhere: { breakGlass: ["*"], readAll: ["*"], system: [] },
  types: [ACCESS_ENTRY, ASSOCIATION],
  check: ({ type, inputs }, trusted) => (type === ACCESS_ENTRY ? mastersIn(inputs) : tooWide(inputs, trusted)),
});

const mastersIn = (inputs: Bag): Fault[] =>
  unless(!texts(inputs, "kubernetesGroups").includes("system:masters"), {
    property: "kubernetesGroups",
    got: "system:masters",
    want: "groups that role bindings use",
  });

function tooWide(inputs: Bag, { breakGlass, readAll, system }: Trusted): Fault[] {
  const policy = text(inputs, "policyArn") ?? "";
  const isOneOf = (globs: string[]): boolean => isListed(text(inputs, "principalArn") ?? "", globs);
  if (policy.endsWith("ClusterAdminPolicy")) {
    const want = `one of the roles in 'breakGlass' (${breakGlass.join(", ")})`;
    return isOneOf(breakGlass) ? [] : [{ property: "principalArn", got: shown(inputs["principalArn"]), want }];
  }
  const scope = text(inputs, "accessScope", "type") ?? "nothing";
  // A preview compares the objects of every namespace.
  const mayBeWide = scope === "namespace" || !PERSONAS.test(policy) || (READING.test(policy) && isOneOf(readAll));
  const own = texts(inputs, "accessScope", "namespaces").filter((each) => isListed(each, system));
  return [
    ...unless(mayBeWide, { property: "accessScope.type", got: scope, want: "namespace" }),
    ...unless(own.length === 0 || !WRITING.test(policy) || isOneOf(breakGlass), {
      property: "accessScope.namespaces",
      got: own.join(", "),
      want: "namespaces of teams, as controllers there act for the whole cluster",
    }),
  ];
}
