import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import type { Statement } from "../iam.ts";
import { PodRole } from "../identity/pod-role.ts";
import { fields, input, text } from "../shape.ts";
import { listRunFiles, readTeamData, runFilesOf, type TeamStores, teamStores, useStoreKey } from "./team-files.ts";

export interface JobsIdentityArgs {
  /** Team whose folders the jobs may use. */
  team: string;

  /** Namespace of the jobs. */
  namespace: pulumi.Input<string>;

  /** Name of the EKS cluster. */
  clusterName: pulumi.Input<string>;

  stores: TeamStores;
}

/** Service account that a job names to get the team's role: `serviceAccountName: jobs`. */
export const JOBS_ACCOUNT = "jobs";

/**
 * What the jobs of a team are in AWS, on GPUs and on CPUs: they read the team's folders of the data store, and keep files under
 * `teams/<team>/` of the artifact store. They reach nothing of another team.
 *
 * @throws {pulumi.ResourceError} as `PodRole` does.
 */
export class JobsIdentity extends Component {
  static override readonly shape = fields<JobsIdentityArgs>({
    team: text,
    namespace: input(text),
    clusterName: input(text),
    stores: teamStores,
  });

  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: JobsIdentityArgs, opts?: ComponentOptions) {
    super("teams:JobsIdentity", name, args, opts);

    const child = { parent: this };
    const account = new k8s.core.v1.ServiceAccount(
      `${name}-account`,
      { metadata: { name: JOBS_ACCOUNT, namespace: args.namespace }, automountServiceAccountToken: false },
      child,
    );
    const role = new PodRole(
      `${name}-role`,
      {
        clusterName: args.clusterName,
        namespace: args.namespace,
        serviceAccount: account.metadata.name,
        statements: statements(args),
      },
      child,
    );

    this.roleArn = role.roleArn;
    this.registerOutputs({ roleArn: role.roleArn });
  }
}

function statements({ team, stores }: JobsIdentityArgs): Statement[] {
  return [
    ...readTeamData(team, stores),
    listRunFiles(team, stores),
    {
      sid: "KeepArtifacts",
      actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
      resources: [runFilesOf(team, stores)],
    },
    useStoreKey("UseKeyThroughS3", stores, ["kms:Decrypt", "kms:GenerateDataKey"]),
  ];
}
