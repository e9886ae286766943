import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { podTrust } from "../identity/pod-role.ts";
import { shorten } from "../naming.ts";
import { ADDONS, type AddonName } from "../versions.ts";

export interface AddonsArgs {
  /** Name of the EKS cluster. */
  clusterName: pulumi.Input<string>;

  /** Which add-ons: those without which no node becomes ready, or those that need nodes to run on. */
  phase: "before-nodes" | "after-nodes";
}

/** What an add-on needs beyond its version. */
interface Addon {
  /** Service account and AWS-managed policy of the pods that call AWS. */
  access?: { serviceAccount: string; policyArn: string };
  configuration?: object;
}

const PHASES: Record<AddonsArgs["phase"], Partial<Record<AddonName, Addon>>> = {
  "before-nodes": {
    "eks-pod-identity-agent": {},
    "kube-proxy": {},
    "vpc-cni": {
      access: { serviceAccount: "aws-node", policyArn: "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy" },
      configuration: {
        // Without it NetworkPolicy objects are accepted and do nothing (EKS user guide, "Limit pod traffic with network policies").
        enableNetworkPolicy: "true",
        // Addresses by the /28: 110 pods fit a node that would hold 29 (EKS best practices, "Prefix Mode for Linux").
        env: { ENABLE_PREFIX_DELEGATION: "true" },
      },
    },
  },
  "after-nodes": {
    coredns: {},
    "aws-ebs-csi-driver": {
      access: {
        serviceAccount: "ebs-csi-controller-sa",
        policyArn: "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",
      },
    },
    "metrics-server": {},
    "eks-node-monitoring-agent": {},
  },
};

/**
 * EKS add-ons at pinned versions, with AWS rights by Pod Identity where their pods need any.
 *
 * Two of it are made: one before the nodes, one after them.
 */
export class Addons extends Component {
  constructor(name: string, { clusterName, phase }: AddonsArgs, opts?: ComponentOptions) {
    super("cluster:Addons", name, { clusterName, phase }, opts);

    const child = { parent: this };
    for (const [addonName, { access, configuration }] of Object.entries(PHASES[phase])) {
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
          ...(configuration && { configurationValues: JSON.stringify(configuration) }),
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
