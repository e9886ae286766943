import { describeRule } from "../../harness.ts";
import { foundation } from "./samples.ts";

describeRule("S3-08", [
  {
    ...foundation,
    what: "a bucket that goes with its objects",
    resource: "models",
    type: "aws:s3/bucket:Bucket",
    change: (inputs) => (inputs.forceDestroy = true),
    says: "foundation-prod/models: 'forceDestroy' must be false, got 'true'",
    unknown: "forceDestroy",
  },
  {
    ...foundation,
    what: "a bucket that Pulumi may delete",
    environment: "staging",
    resource: "artifacts",
    type: "aws:s3/bucket:Bucket",
    change: (_, options) => (options.protect = false),
    says: "foundation-staging/artifacts: 'protect' must be true, got 'false'",
  },
]);
