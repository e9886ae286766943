import { type Setting, SINGLE, settingsOf } from "../../aws/bucket-settings.ts";
import { BUCKETS } from "../../aws/buckets.ts";
import { type Fault, unless } from "../../findings.ts";
import { levels, stackRule } from "../../rule.ts";

export const S3_12 = stackRule({
  id: "S3-12",
  title: "A bucket has each setting once, and a setting names the bucket for which it was made",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["SOC2 CC8.1"],
  remediation: "Write `bucket: <bucket>.bucket` into the setting, and join settings of one bucket: S3 keeps only the last one.",
  types: [...BUCKETS, ...SINGLE],
  relate: (resources) => {
    const settings = settingsOf(resources);
    return settings.flatMap((each) => [...astray(each), ...again(each, settings)]);
  },
});

/** The bucket that a setting was made for goes without it. */
const astray = ({ setting, named, meant, name }: Setting): Fault[] =>
  unless(name === undefined || meant === undefined || named === meant, {
    resource: setting,
    property: "bucket",
    got: name ?? "",
    want: `the name of '${meant?.name}', for which it is made`,
  });

/** The first of two that mean the same bucket is the one that belongs to it. */
function again(own: Setting, settings: readonly Setting[]): Fault[] {
  const { setting, named, meant } = own;
  const bucket = named ?? meant;
  const same = settings.filter((each) => kindOf(each) === kindOf(own) && (each.named ?? each.meant) === bucket);
  const [first] = same.toSorted((a, b) => rank(a) - rank(b));
  return bucket === undefined || first?.setting === setting
    ? []
    : [
        {
          resource: setting,
          property: "bucket",
          got: `a second setting of '${bucket.name}', beside '${first?.setting.name}'`,
          want: "the only one of its kind",
        },
      ];
}

/** Since version 7 of the provider `V2` is the old name of the same. */
const kindOf = ({ setting }: Setting): string => setting.type.replaceAll("V2", "");

const rank = ({ meant, named }: Setting): number => (meant === undefined ? 2 : meant === named ? 0 : 1);
