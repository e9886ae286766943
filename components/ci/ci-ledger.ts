import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../iam.ts";
import { fields, input, text } from "../shape.ts";

/** The ledger of promotions: one bucket with a folder for each environment, to which is only added. */
export interface PromotionLedger {
  bucketArn: pulumi.Input<string>;

  /** Key under which its records are encrypted. */
  keyArn: pulumi.Input<string>;
}

export const promotionLedger = fields<PromotionLedger>({ bucketArn: input(text), keyArn: input(text) });

/** Reads the records of every environment: what ran in the one before decides what may come into the next. */
export function ledgerReader({ bucketArn, keyArn }: PromotionLedger): Statement[] {
  return [
    // Every version is listed: one that was deleted and written again is found.
    { sid: "ListLedger", actions: ["s3:ListBucket", "s3:ListBucketVersions"], resources: [bucketArn] },
    { sid: "ReadLedger", actions: ["s3:GetObject"], resources: [pulumi.interpolate`${bucketArn}/*`] },
    { sid: "DecryptLedger", actions: ["kms:Decrypt"], resources: [keyArn] },
  ];
}

/** Adds records of one environment, where there is none yet; changes and deletes none. */
export function ledgerWriter(ledger: PromotionLedger, environment: string): Statement[] {
  const { bucketArn, keyArn } = ledger;
  return [
    ...ledgerReader(ledger),
    {
      sid: "AddToLedger",
      actions: ["s3:PutObject"],
      resources: [pulumi.interpolate`${bucketArn}/${environment}/*`],
      conditions: { StringEquals: { "s3:if-none-match": "*" } },
    },
    { sid: "EncryptLedger", actions: ["kms:GenerateDataKey"], resources: [keyArn] },
  ];
}

/** The most that any role of CI does with the ledger. */
export function ledgerCeiling({ bucketArn, keyArn }: PromotionLedger): Statement[] {
  return [
    {
      sid: "Ledger",
      actions: ["s3:GetObject", "s3:PutObject"],
      resources: [pulumi.interpolate`${bucketArn}/*`],
    },
    { sid: "LedgerKey", actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [keyArn] },
  ];
}
