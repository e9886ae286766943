import { together, unless } from "../../findings.ts";
import { numberOr, shown, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

/** A setting of a whole account or region. */
interface Switch {
  property: string;
  /** What it is when it protects, in small letters. */
  on: readonly string[];
  /** What AWS does where the program says nothing. */
  otherwise: string;
}

/** A number of a whole account that has a least value. */
interface Least {
  property: string;
  least: number;
  /** What AWS does where the program says nothing. */
  otherwise: number;
}

const YES = ["true", "1"];
const yes = (property: string, otherwise: "true" | "false"): Switch => ({ property, on: YES, otherwise });

/** Settings by type. Encryption of disks by default is a matter of SEC-04. */
const SWITCHES: Readonly<Record<string, readonly Switch[]>> = {
  "aws:cfg/recorderStatus:RecorderStatus": [yes("isEnabled", "false")],
  "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess": [
    { property: "state", on: ["block-all-sharing", "block-new-sharing"], otherwise: "unblocked" },
  ],
  "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess": [
    { property: "state", on: ["block-new-sharing"], otherwise: "unblocked" },
  ],
  "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults": [
    { property: "httpTokens", on: ["required"], otherwise: "no-preference" },
  ],
  "aws:ec2/serialConsoleAccess:SerialConsoleAccess": [{ property: "enabled", on: ["false", "0"], otherwise: "true" }],
  "aws:emr/blockPublicAccessConfiguration:BlockPublicAccessConfiguration": [yes("blockPublicSecurityGroupRules", "false")],
  "aws:guardduty/detector:Detector": [yes("enable", "true")],
  "aws:guardduty/detectorFeature:DetectorFeature": [{ property: "status", on: ["enabled"], otherwise: "nothing" }],
  "aws:guardduty/organizationConfiguration:OrganizationConfiguration": [
    { property: "autoEnableOrganizationMembers", on: ["all", "new"], otherwise: "nothing" },
  ],
  "aws:macie2/account:Account": [{ property: "status", on: ["enabled"], otherwise: "enabled" }],
  "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": [
    yes("blockPublicAcls", "false"),
    yes("blockPublicPolicy", "false"),
    yes("ignorePublicAcls", "false"),
    yes("restrictPublicBuckets", "false"),
  ],
};

/** Lengths and numbers by type. A password policy counts for people who sign in without IAM Identity Center. */
const NUMBERS: Readonly<Record<string, readonly Least[]>> = {
  "aws:iam/accountPasswordPolicy:AccountPasswordPolicy": [
    { property: "minimumPasswordLength", least: 14, otherwise: 6 },
    { property: "passwordReusePrevention", least: 24, otherwise: 0 },
  ],
};

export const AWS_04 = rule({
  id: "AWS-04",
  title: "What protects a whole account stays switched on, and its passwords are long and new",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: [
    "FSBP GuardDuty.1",
    "FSBP S3.1",
    "FSBP EC2.182",
    "FSBP Config.1",
    "FSBP Macie.1",
    "FSBP EMR.2",
    "CIS AWS 1.8",
    "CIS AWS 1.9",
  ],
  remediation:
    "Switch it on, or take the resource out of the program: the setting of the account then stays as it is. Ask for passwords of 14 letters, none of the last 24.",
  peers: ["CKV_AWS_238", "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CKV_AWS_9", "CKV_AWS_13", "prowler"],
  types: [...Object.keys(SWITCHES), ...Object.keys(NUMBERS)],
  check: ({ type, inputs }) =>
    together(
      (SWITCHES[type] ?? []).map(({ property, on, otherwise }) => () => {
        const got = text(inputs, property) ?? otherwise;
        return unless(on.includes(got.toLowerCase()), { property, got: shown(got), want: on[0] ?? "" });
      }),
      (NUMBERS[type] ?? []).map(({ property, least, otherwise }) => () => {
        const got = numberOr(otherwise, inputs, property);
        return unless(got >= least, { property, got: shown(inputs[property]), want: `at least ${least}` });
      }),
    ),
});
