import type { Statement } from "../iam.ts";
import { BUCKET_WRITES } from "./ci-actions.ts";
import type { Scope } from "./scope.ts";

/** Every way to change an identity. */
export const IDENTITY_WRITES = [
  "iam:Add*",
  "iam:Attach*",
  "iam:Create*",
  "iam:Delete*",
  "iam:Detach*",
  "iam:PassRole",
  "iam:Put*",
  "iam:Remove*",
  "iam:SetDefaultPolicyVersion",
  "iam:Tag*",
  "iam:Untag*",
  "iam:Update*",
];

/** Everything that decides who reaches a bucket and how long it keeps what. */
export const BUCKET_GUARDED = [...BUCKET_WRITES, "s3:PutBucketAcl", "s3:PutReplicationConfiguration"];

/** What begins a trail, ends it, or changes what it records and where: a person's. */
const TRAIL_WRITES = ["Create*", "Delete*", "Put*", "Start*", "Stop*", "Update*"].map((action) => `cloudtrail:${action}`);

/** CI does not change what CI may do, what its roles may become, the roles of people, or what shows who did what. */
export function handsOff({ prefix, account, region, administrators, guardedStores }: Scope): Statement[] {
  return [
    {
      sid: "HandsOffIdentities",
      effect: "Deny",
      actions: IDENTITY_WRITES,
      resources: [
        `arn:aws:iam::${account}:role/${prefix}-ci-*`,
        `arn:aws:iam::${account}:role/${prefix}-break-glass`,
        `arn:aws:iam::${account}:policy/*`,
        `arn:aws:iam::${account}:oidc-provider/*`,
        `arn:aws:iam::${account}:user/*`,
        ...administrators,
      ],
    },
    {
      sid: "HandsOffTrails",
      effect: "Deny",
      actions: TRAIL_WRITES,
      resources: ["*"],
    },
    {
      sid: "HandsOffAlarms",
      effect: "Deny",
      actions: ["events:Delete*", "events:Disable*", "events:Put*", "events:Remove*"],
      resources: [`arn:aws:events:${region}:${account}:rule/${prefix}-break-glass`],
    },
    ...(guardedStores.length > 0
      ? [
          {
            sid: "HandsOffGuardedStores",
            effect: "Deny" as const,
            actions: BUCKET_GUARDED,
            resources: guardedStores.map((purpose) => `arn:aws:s3:::${prefix}-${purpose}-*`),
          },
        ]
      : []),
  ];
}
