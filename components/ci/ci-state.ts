import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../iam.ts";
import { fields, input, listOf, text } from "../shape.ts";

/** Pulumi's state in our own bucket. */
export interface PulumiState {
  /** Bucket that holds the state. */
  bucketArn: pulumi.Input<string>;

  /** Key under which secrets in the state, and its objects, are encrypted. */
  keyArn: pulumi.Input<string>;

  /** Pulumi project, and those of its stacks that the roles may see. */
  project: string;
  stacks: readonly string[];
}

export const pulumiState = fields<PulumiState>({
  bucketArn: input(text),
  keyArn: input(text),
  project: text,
  stacks: listOf(text),
});

/** Reads the stacks; a preview takes no lock and writes nothing. */
export function stateReader(state: PulumiState): Statement[] {
  return [
    { sid: "ListState", actions: ["s3:ListBucket"], resources: [state.bucketArn] },
    { sid: "ReadState", actions: ["s3:GetObject"], resources: [inBucket(state, "meta.yaml"), ...stackFiles(state)] },
    { sid: "ReadSecrets", actions: ["kms:Decrypt", "kms:DescribeKey"], resources: [state.keyArn] },
  ];
}

/** Reads and writes the stacks, and takes their locks; no stack of another environment. */
export function stateWriter(state: PulumiState): Statement[] {
  return [
    ...stateReader(state),
    { sid: "WriteState", actions: ["s3:PutObject", "s3:DeleteObject"], resources: stackFiles(state) },
    { sid: "WriteSecrets", actions: ["kms:Encrypt", "kms:GenerateDataKey"], resources: [state.keyArn] },
    // Even where a person has given them the environment's tags, or a name of its own.
    {
      sid: "HandsOffState",
      effect: "Deny",
      actions: STATE_GUARDED,
      resources: [state.keyArn, state.bucketArn],
    },
  ];
}

/** Everything that decides who reaches the state and how long it is kept. */
const STATE_GUARDED = [
  "kms:*Grant",
  "kms:*KeyDeletion",
  "kms:*agResource",
  "kms:Disable*",
  "kms:Put*",
  "s3:DeleteBucket*",
  "s3:Put*Configuration",
  "s3:PutBucket*",
];

/** The most that any role of CI does with the state. */
export function stateCeiling(state: PulumiState): Statement[] {
  return [
    {
      sid: "State",
      actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      resources: [inBucket(state, "*")],
    },
    {
      sid: "StateSecrets",
      actions: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
      resources: [state.keyArn],
    },
  ];
}

/** Layout of the self-managed backend, by project and stack (pulumi/pulumi, pkg/backend/diy). */
const stackFiles = (state: PulumiState): pulumi.Output<string>[] =>
  state.stacks.flatMap((stack) => [
    // With its backup and its tags beside it.
    inBucket(state, `stacks/${state.project}/${stack}.*`),
    ...["history", "backups"].map((folder) => inBucket(state, `${folder}/${state.project}/${stack}/*`)),
    inBucket(state, `locks/organization/${state.project}/${stack}/*`),
  ]);

const inBucket = ({ bucketArn }: PulumiState, path: string): pulumi.Output<string> =>
  pulumi.interpolate`${bucketArn}/.pulumi/${path}`;
