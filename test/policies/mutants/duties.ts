import { allowed, aws, type StackMutant, statement } from "./mutant.ts";

const JOBS = aws("workloads", "iam/rolePolicy:RolePolicy", "risk-identity-role-permissions");
const READER = aws("workloads", "iam/rolePolicy:RolePolicy", "fraud-reader-permissions");
const IMAGES = aws("foundation", "iam/policy:Policy", "publishers-images-policy");
const MODELS = aws("foundation", "iam/policy:Policy", "publishers-models-policy");
const BOUNDARY = aws("foundation", "iam/policy:Policy", "role-boundary");

const DATA = "arn:aws:s3:::millrace-prod-data-c9eac55";
const KEY = "arn:aws:kms:eu-north-1:333333333333:key/56113cde-5bd0-d2d9-d60e-47986d2e4d1d";

/** Rights of those who use something on what they only use. */
export const DUTIES: readonly StackMutant[] = [
  JOBS.bad("jobs that read a folder of every team", allowed({ Action: "s3:GetObject", Resource: `${DATA}/raw/*/*` })),
  JOBS.harmless("jobs that read days of one folder", allowed({ Action: "s3:GetObject", Resource: `${DATA}/raw/risk/day-*` })),
  JOBS.bad(
    "jobs that list whatever they like",
    statement("ListData", (it) => {
      it["Condition"] = { StringLike: { "s3:prefix": ["*"] } };
    }),
  ),
  JOBS.bad("jobs that rewrite the policy of a bucket", allowed({ Action: "s3:PutBucketPolicy", Resource: DATA })),
  JOBS.bad("jobs that delete versions", allowed({ Action: "s3:DeleteObjectVersion", Resource: `${DATA}/raw/risk/*` })),
  JOBS.harmless("jobs that see versions", allowed({ Action: "s3:GetObjectVersion", Resource: `${DATA}/raw/risk/*` })),
  READER.bad("pods that hand on a key", allowed({ Action: "kms:CreateGrant", Resource: KEY })),
  READER.harmless(
    "pods whose volumes get a key",
    allowed({ Action: "kms:CreateGrant", Resource: KEY, Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } } }),
  ),
  IMAGES.bad(
    "publishers who push everywhere",
    statement("Push", (it) => {
      it["Resource"] = "arn:aws:ecr:eu-north-1:333333333333:repository/*";
    }),
  ),
  IMAGES.bad(
    "publishers who make tags mutable",
    statement("Push", (it) => it["Action"].push("ecr:PutImageTagMutability")),
  ),
  MODELS.bad(
    "publishers who pass a retention",
    statement("PutModels", (it) => it["Action"].push("s3:BypassGovernanceRetention")),
  ),
  MODELS.harmless(
    "publishers who tag models",
    statement("PutModels", (it) => it["Action"].push("s3:PutObjectTagging")),
  ),
  BOUNDARY.bad("a boundary with the end of every key", allowed({ Action: "kms:ScheduleKeyDeletion", Resource: "*" })),
  BOUNDARY.harmless("a boundary with one more sight of keys", allowed({ Action: "kms:GetKeyRotationStatus", Resource: "*" })),
];
