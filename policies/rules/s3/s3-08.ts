import { BUCKETS } from "../../aws/buckets.ts";
import { together, unless } from "../../findings.ts";
import { flag } from "../../read.ts";
import { levels, rule } from "../../rule.ts";
import { hasName, LASTING } from "./names.ts";

export const S3_08 = rule({
  id: "S3-08",
  title: "No program can destroy a bucket with data",
  severity: "high",
  levels: levels("–/A/M"),
  frameworks: ["SOC2 A1.2"],
  remediation:
    "Set `forceDestroy: false`, and the option `protect: true`. List buckets whose loss would not matter in the parameter `passing`.",
  parameters: LASTING,
  types: BUCKETS,
  check: (bucket, { passing }) =>
    hasName(bucket, passing)
      ? []
      : together(
          () => unless(flag(bucket.inputs, "forceDestroy") !== true, { property: "forceDestroy", got: "true", want: "false" }),
          () => unless(bucket.protect, { property: "protect", got: "false", want: "true" }),
        ),
});
