import * as z from "zod";
import type { Ask, AwsAnswer } from "#toolchain/aws-cli";

/** `aws service-quotas get-service-quota`. */
export const QUOTA = z.object({
  Quota: z.object({
    Value: z.number(),
    UsageMetric: z
      .object({
        MetricNamespace: z.string(),
        MetricName: z.string(),
        MetricDimensions: z.record(z.string(), z.string()),
        MetricStatisticRecommendation: z.string(),
      })
      .partial()
      .optional(),
  }),
});

export type UsageMetric = NonNullable<z.infer<typeof QUOTA>["Quota"]["UsageMetric"]>;

/** `aws cloudwatch get-metric-statistics`: a point has a number for each statistic, beside its time and its unit. */
export const METRIC = z.object({ Datapoints: z.array(z.record(z.string(), z.union([z.number(), z.string()]))) });

/** A number, by `--query "length(…)"`. */
export const COUNT = z.number();

/** `aws ec2 describe-instance-type-offerings`. */
export const OFFERINGS = z.object({ InstanceTypeOfferings: z.array(z.object({ Location: z.string() })) });

/** `aws eks describe-addon-versions`. */
export const ADDONS = z.object({
  addons: z.array(z.object({ addonVersions: z.array(z.object({ addonVersion: z.string() })).optional() })),
});

/** `aws logs describe-log-groups`. */
export const LOG_GROUPS = z.object({
  logGroups: z.array(z.object({ logGroupName: z.string(), logGroupArn: z.string().optional() })),
});

/** `aws iam list-open-id-connect-providers`. */
export const PROVIDERS = z.object({ OpenIDConnectProviderList: z.array(z.object({ Arn: z.string() })) });

/** `aws logs list-tags-for-resource`. */
export const LOG_GROUP_TAGS = z.object({ tags: z.record(z.string(), z.string()).prefault({}) }).transform(({ tags }) => tags);

/** `aws iam list-open-id-connect-provider-tags`. */
export const PROVIDER_TAGS = z
  .object({ Tags: z.array(z.object({ Key: z.string(), Value: z.string() })) })
  .transform(({ Tags }): Record<string, string> => Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])));

/** `aws sts get-caller-identity`. */
export const CALLER = z.object({ Account: z.string() });

/** Asks AWS, and takes an answer of another form than AWS documents for none. */
export async function askFor<T>(form: z.ZodType<T>, ask: Ask, ...words: string[]): Promise<AwsAnswer<T>> {
  const answer = await ask(...words);
  if (answer.refused !== undefined) {
    return answer;
  }
  const read = form.safeParse(answer.value);
  if (read.success) {
    return { value: read.data };
  }
  const at = read.error.issues[0]?.path.join(".") ?? "";
  return { refused: { code: "", said: `an answer without ${at === "" ? "the expected form" : `'${at}' as AWS documents it`}` } };
}
