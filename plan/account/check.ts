import type { Ask, AwsAnswer, AwsRefusal } from "#toolchain/aws-cli";
import {
  ADDONS,
  askFor,
  COUNT,
  LOG_GROUP_TAGS,
  LOG_GROUPS,
  METRIC,
  OFFERINGS,
  PROVIDER_TAGS,
  PROVIDERS,
  QUOTA,
  type UsageMetric,
} from "./answers.ts";
import type { AccountNeeds, Need } from "./needs.ts";
import { QUOTAS, type Quota, type QuotaName } from "./quotas.ts";

/** One thing that an environment needs of its account, and whether the account has it. */
export interface AccountFinding {
  what: string;
  /** `unknown`: AWS was asked and did not say. It counts as not there. */
  state: "ok" | "missing" | "unknown";
  /** What was found, in numbers where there are some. */
  found: string;
  /** Command or sentence, where there is something to do. */
  remedy?: string;
  /** Only for a quota. */
  quota?: { need: number; limit?: number; used?: number };
}

/** Questions at one time: Service Quotas answers few a second. */
const AT_ONCE = 4;

/**
 * Asks an account whether an environment fits: quotas, instance types, add-ons, names. It changes nothing.
 *
 * @param needs what the plan needs
 * @param region the environment's region
 * @param ask asks AWS
 */
export async function checkAccount(needs: AccountNeeds, region: string, ask: Ask): Promise<AccountFinding[]> {
  const isUp = (await ask("eks", "describe-cluster", "--name", needs.names.cluster)).refused === undefined;
  // What is in use may be the environment itself, also where only its foundation is up.
  const isBegun = isUp || (await hasNetwork(needs.tags, ask));
  const questions: (() => Promise<AccountFinding>)[] = [
    ...Object.entries(needs.quotas).map(
      ([name, need]) =>
        () =>
          quotaFinding(QUOTAS[name as QuotaName], need, { region, isBegun, ask }),
    ),
    ...Object.entries(needs.instanceTypes).map(
      ([type, user]) =>
        () =>
          offeringFinding(type, user, region, ask),
    ),
    ...Object.entries(needs.addons).map(
      ([addon, version]) =>
        () =>
          addonFinding(addon, version, needs.kubernetes, ask),
    ),
    ...(isUp ? [] : [() => logGroupFinding(needs, region, ask), ...providerQuestions(needs, ask)]),
  ];
  const findings: AccountFinding[] = [];
  for (let at = 0; at < questions.length; at += AT_ONCE) {
    findings.push(...(await Promise.all(questions.slice(at, at + AT_ONCE).map((question) => question()))));
  }
  return [
    ...findings,
    ...needs.unknown.map((sentence): AccountFinding => ({ what: sentence, state: "unknown", found: "not counted" })),
  ];
}

/** Whether the environment has a network: the first that it makes. */
async function hasNetwork(tags: AccountNeeds["tags"], ask: Ask): Promise<boolean> {
  const filters = Object.entries(tags).map(([key, value]) => `Name=tag:${key},Values=${value}`);
  const { value = 0 } = await askFor(COUNT, ask, "ec2", "describe-vpcs", "--filters", ...filters, "--query", "length(Vpcs)");
  return filters.length > 0 && value > 0;
}

interface Where {
  region: string;
  isBegun: boolean;
  ask: Ask;
}

async function quotaFinding(quota: Quota, { count: need, of }: Need, { region, isBegun, ask }: Where): Promise<AccountFinding> {
  const what = `${quota.name}: ${need} (${of.join(", ")})`;
  const asked = ["--service-code", quota.service, "--quota-code", quota.code];
  let answer = await askFor(QUOTA, ask, "service-quotas", "get-service-quota", ...asked);
  if (answer.refused?.code === "NoSuchResourceException") {
    // A quota that nobody has changed here may only have its default.
    answer = await askFor(QUOTA, ask, "service-quotas", "get-aws-default-service-quota", ...asked);
  }
  if (answer.refused !== undefined) {
    return unanswered(what, answer.refused, "servicequotas:GetServiceQuota", { need });
  }
  const { Value: limit, UsageMetric: metric } = answer.value.Quota;
  const used = await usage(quota, metric, ask);
  const numbers = { need, limit, ...(used !== undefined && { used }) };
  const found = `quota ${limit}, used ${used ?? "unknown"}`;
  const free = limit - (isBegun ? 0 : (used ?? 0));
  if (need <= free) {
    return { what, state: "ok", found, quota: numbers };
  }
  const desired = need + (isBegun ? 0 : (used ?? 0));
  const remedy = `aws service-quotas request-service-quota-increase ${asked.join(" ")} --desired-value ${desired} --region ${region}`;
  return { what, state: "missing", found, remedy, quota: numbers };
}

/** How much of a quota is in use; `undefined` where AWS does not say. */
async function usage({ count }: Quota, metric: UsageMetric | undefined, ask: Ask): Promise<number | undefined> {
  if (metric?.MetricName !== undefined) {
    const statistic = metric.MetricStatisticRecommendation ?? "Maximum";
    const now = Date.now();
    const dimensions = Object.entries(metric.MetricDimensions ?? {}).map(([key, value]) => `Name=${key},Value=${value}`);
    const query = {
      namespace: [metric.MetricNamespace ?? "AWS/Usage"],
      "metric-name": [metric.MetricName],
      dimensions,
      statistics: [statistic],
      period: ["3600"],
      "start-time": [new Date(now - 3 * 3_600_000).toISOString()],
      "end-time": [new Date(now).toISOString()],
    };
    const words = Object.entries(query).flatMap(([option, values]) => [`--${option}`, ...values]);
    const { value } = await askFor(METRIC, ask, "cloudwatch", "get-metric-statistics", ...words);
    // A resource that was never used has no points.
    return value && Math.max(0, ...value.Datapoints.map((point) => Number(point[statistic] ?? 0)));
  }
  if (count !== undefined) {
    return (await askFor(COUNT, ask, ...count)).value;
  }
  return undefined;
}

async function offeringFinding(type: string, user: string, region: string, ask: Ask): Promise<AccountFinding> {
  const what = `instance type ${type} (${user})`;
  const answer = await askFor(
    OFFERINGS,
    ask,
    "ec2",
    "describe-instance-type-offerings",
    "--location-type",
    "availability-zone",
    "--filters",
    `Name=instance-type,Values=${type}`,
  );
  if (answer.refused !== undefined) {
    return unanswered(what, answer.refused, "ec2:DescribeInstanceTypeOfferings");
  }
  const zones = answer.value.InstanceTypeOfferings.map(({ Location }) => Location).sort();
  return zones.length > 0
    ? { what, state: "ok", found: `offered in ${zones.join(", ")}` }
    : {
        what,
        state: "missing",
        found: `not offered in ${region}`,
        remedy: "Choose another type in the profile, or another region.",
      };
}

async function addonFinding(addon: string, version: string, kubernetes: string, ask: Ask): Promise<AccountFinding> {
  const what = `add-on ${addon} ${version} on Kubernetes ${kubernetes}`;
  const answer = await askFor(
    ADDONS,
    ask,
    "eks",
    "describe-addon-versions",
    "--addon-name",
    addon,
    "--kubernetes-version",
    kubernetes,
  );
  if (answer.refused !== undefined) {
    return unanswered(what, answer.refused, "eks:DescribeAddonVersions");
  }
  const versions = answer.value.addons.flatMap(({ addonVersions = [] }) => addonVersions.map(({ addonVersion }) => addonVersion));
  return versions.includes(version)
    ? { what, state: "ok", found: "offered" }
    : {
        what,
        state: "missing",
        found: `offered: ${versions.slice(0, 3).join(", ") || "none"}`,
        remedy: "Set one of these in components/versions.ts.",
      };
}

/** Whether something that has a name is the environment's own, by its tags. What cannot be seen is another's. */
const isOwn = ({ value }: AwsAnswer<Record<string, string>>, { tags }: AccountNeeds): boolean =>
  value !== undefined && Object.keys(tags).length > 0 && Object.entries(tags).every(([key, wanted]) => value[key] === wanted);

/** A control plane that was being deleted may have made its log group again. */
async function logGroupFinding(needs: AccountNeeds, region: string, ask: Ask): Promise<AccountFinding> {
  const name = needs.names.logGroup;
  const what = `log group ${name} is free`;
  const answer = await askFor(LOG_GROUPS, ask, "logs", "describe-log-groups", "--log-group-name-prefix", name);
  if (answer.refused !== undefined) {
    return unanswered(what, answer.refused, "logs:DescribeLogGroups");
  }
  const taken = answer.value.logGroups.find(({ logGroupName }) => logGroupName === name);
  const arn = taken?.logGroupArn;
  if (
    arn !== undefined &&
    isOwn(await askFor(LOG_GROUP_TAGS, ask, "logs", "list-tags-for-resource", "--resource-arn", arn), needs)
  ) {
    return { what, state: "ok", found: OWN };
  }
  return taken !== undefined
    ? {
        what,
        state: "missing",
        found: "it exists, and there is no cluster",
        remedy: `aws logs delete-log-group --log-group-name ${name} --region ${region}`,
      }
    : { what, state: "ok", found: "free" };
}

const OWN = "the environment has it";

function providerQuestions(needs: AccountNeeds, ask: Ask): (() => Promise<AccountFinding>)[] {
  const host = needs.names.identityProvider;
  return host === undefined ? [] : [() => providerFinding(host, needs, ask)];
}

/** An account can have one identity provider of a host only. */
async function providerFinding(host: string, needs: AccountNeeds, ask: Ask): Promise<AccountFinding> {
  const what = `identity provider ${host} is free`;
  const answer = await askFor(PROVIDERS, ask, "iam", "list-open-id-connect-providers");
  if (answer.refused !== undefined) {
    return unanswered(what, answer.refused, "iam:ListOpenIDConnectProviders");
  }
  const arns = answer.value.OpenIDConnectProviderList.map(({ Arn }) => Arn);
  const taken = arns.find((arn) => arn.endsWith(`:oidc-provider/${host}`));
  const tagsOf = ["iam", "list-open-id-connect-provider-tags", "--open-id-connect-provider-arn"] as const;
  if (taken !== undefined && isOwn(await askFor(PROVIDER_TAGS, ask, ...tagsOf, taken), needs)) {
    return { what, state: "ok", found: OWN };
  }
  return taken === undefined
    ? { what, state: "ok", found: "free" }
    : {
        what,
        state: "missing",
        found: "the account has it",
        remedy: `If another stack made ${taken}, set millrace:githubProvider to exists.`,
      };
}

function unanswered(what: string, { code, said }: AwsRefusal, action: string, quota?: AccountFinding["quota"]): AccountFinding {
  const denied = /AccessDenied|UnauthorizedOperation|NotAuthorized/.test(code);
  return {
    what,
    state: "unknown",
    found: denied ? `${code}: the credentials may not ask` : said,
    remedy: denied ? `Ask with credentials that are allowed ${action}.` : "Ask again later.",
    ...(quota && { quota }),
  };
}
