import { text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";
import { COPIES } from "./copies.ts";

/** Pairs `<from>><to>` between which data may be copied, and ARNs of buckets that may receive copies, because a bucket's ARN does not name its region. */
const NO_COPIES = { pairs: [] as string[], buckets: [] as string[] };

export const RES_02 = rule({
  id: "RES-02",
  title: "No data, key, secret, image or backup is copied to another region",
  severity: "critical",
  levels: levels("M/M/M"),
  // FSBP S3.7 and CKV_AWS_144 ask for the opposite: replication to another region.
  frameworks: ["GDPR Art. 44", "PIPL Art. 38"],
  remediation: "Remove the copy, or add the pair of regions to the rule's `pairs` once it is decided that data may go there.",
  peers: ["prowler kms_cmk_not_multi_region"],
  types: [...COPIES.keys()],
  parameters: { dev: NO_COPIES, staging: NO_COPIES, prod: NO_COPIES },
  check: ({ type, inputs, provider }, { pairs, buckets }) => {
    const home = (): string | undefined => text(inputs, "region") ?? text(provider, "region");
    return (COPIES.get(type)?.(inputs) ?? [])
      .filter(({ bucket }) => bucket === undefined || !buckets.includes(bucket))
      .filter(({ from = home(), to = home() }) => from !== to && !pairs.includes(`${from}>${to}`))
      .map(({ property, got }) => ({ property, got, want: "within the region or within an allowed pair of regions" }));
  },
});
