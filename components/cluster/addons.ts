import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { podTrust } from "../identity/pod-role.ts";
import { shorten } from "../naming.ts";
import { fields, input, oneOf, text } from "../shape.ts";
import { ADDONS, type AddonName } from "../versions.ts";
import { ADDON_CONFIGURATION } from "./addon-configuration.ts";

export interface AddonsArgs {
  /** Name of the EKS cluster. */
  clusterName: pulumi.Input<string>;

  /** Which add-ons: those without which no node becomes ready, or those that need nodes to run on. */
  phase: "before-nodes" | "after-nodes";
}

/** Service account and AWS-managed policy of the pods that call AWS. */
interface Access {
  serviceAccount: string;
  policyArn: string;
}

const PHASES: Record<AddonsArgs["phase"], Partial<Record<AddonName, Access | undefined>>> = {
  "before-nodes": {
    "eks-pod-identity-agent": undefined,
    "kube-proxy": undefined,
    "vpc-cni": { serviceAccount: "aws-node", policyArn: "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy" },
  },
  "after-nodes": {
    coredns: undefined,
    "aws-ebs-csi-driver": {
      serviceAccount: "ebs-csi-controller-sa",
      policyArn: "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",
    },
    "metrics-server": undefined,
    "eks-node-monitoring-agent": undefined,
  },
};

/**
 * EKS add-ons at pinned versions, with AWS rights by Pod Identity where their pods need any.
 *
 * Two of it are made: one before the nodes, one after them.
 */
export class Addons extends Component {
  static override readonly shape = fields<AddonsArgs>({
    clusterName: input(text),
    phase: oneOf("before-nodes", "after-nodes"),
  });

  constructor(name: string, args: AddonsArgs, opts?: ComponentOptions) {
    super("cluster:Addons", name, args, opts);
    const { clusterName, phase } = args;

    const child = { parent: this };
    for (const [addonName, access] of Object.entries(PHASES[phase])) {
      const role = access && podRole(`${name}-${addonName}`, access.policyArn, this);
      new aws.eks.Addon(
        `${name}-${addonName}`,
        {
          clusterName,
          addonName,
          addonVersion: ADDONS[addonName as AddonName],
          // What stands in the program wins: settings made by hand would be lost with the cluster.
          resolveConflictsOnCreate: "OVERWRITE",
          resolveConflictsOnUpdate: "OVERWRITE",
          ...(role && { podIdentityAssociations: [{ serviceAccount: access.serviceAccount, roleArn: role.arn }] }),
          configurationValues: JSON.stringify(ADDON_CONFIGURATION[addonName as AddonName]),
        },
        { ...child, ...(role && { dependsOn: role.policy }) },
      );
    }
    this.registerOutputs({});
  }
}

/** Not `PodRole`: an add-on makes the association by itself, and a second one for its service account is refused. */
function podRole(name: string, policyArn: string, parent: pulumi.Resource) {
  const role = new aws.iam.Role(
    `${name}-role`,
    { namePrefix: shorten("iam role", `${name}-`, 26), assumeRolePolicy: podTrust() },
    { parent },
  );
  const policy = new aws.iam.RolePolicyAttachment(`${name}-role-policy`, { role: role.name, policyArn }, { parent });
  return { arn: role.arn, policy };
}
