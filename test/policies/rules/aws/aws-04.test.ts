import { expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

describeRule("AWS-04", [
  {
    what: "a search for threats that is off",
    layer: "foundation",
    add: { type: "aws:guardduty/detector:Detector", name: "detector", inputs: { enable: false } },
    says: "foundation-prod/detector: 'enable' must be true, got 'false'",
    unknown: "enable",
  },
]);

it.each([
  ["guardduty/detector:Detector", { enable: "false" }, 1],
  ["guardduty/detector:Detector", {}, 0],
  ["s3/accountPublicAccessBlock:AccountPublicAccessBlock", { blockPublicAcls: "true" }, 3],
  ["ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess", { state: "unblocked" }, 1],
  ["ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess", { state: "block-new-sharing" }, 0],
  ["ec2/serialConsoleAccess:SerialConsoleAccess", {}, 1],
  ["ec2/serialConsoleAccess:SerialConsoleAccess", { enabled: false }, 0],
  ["macie2/account:Account", { status: "PAUSED" }, 1],
  ["macie2/account:Account", {}, 0],
  ["guardduty/detectorFeature:DetectorFeature", { status: "ENABLED" }, 0],
  ["iam/accountPasswordPolicy:AccountPasswordPolicy", { minimumPasswordLength: 14, passwordReusePrevention: "24" }, 0],
  ["iam/accountPasswordPolicy:AccountPasswordPolicy", { minimumPasswordLength: "8", passwordReusePrevention: 24 }, 1],
  ["iam/accountPasswordPolicy:AccountPasswordPolicy", { minimumPasswordLength: "long" }, 2],
  ["iam/accountPasswordPolicy:AccountPasswordPolicy", {}, 2],
])("AWS-04 reads %s %j", (type, inputs, count) => {
  expect(found("AWS-04", of(`aws:${type}`, "x", inputs))).toHaveLength(count);
});
