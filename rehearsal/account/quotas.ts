import { QUOTAS, type Quota, type QuotaName, vcpus } from "#plan/account/quotas";
import type { SimulatedAccount } from "./account.ts";
import { type Asked, type Question, Refusal } from "./question.ts";

interface Value {
  /** What a new account has, as Service Quotas lists it. */
  initial: number;
  /** What this one was given on request, enough for each environment of the repository. @default - as at first */
  granted?: number;
  /** Class of the metric that counts the vCPUs in use. @default - the quota has no metric of its use */
  metric?: string;
}

/** Quotas of the simulated account. Those of GPUs are what step "Quotas" of the guide to AWS makes of a new account. */
const VALUES: Readonly<Record<QuotaName, Value>> = {
  vpcs: { initial: 5 },
  natGateways: { initial: 5 },
  interfaceEndpoints: { initial: 50 },
  addresses: { initial: 5 },
  loadBalancers: { initial: 50 },
  clusters: { initial: 100 },
  databases: { initial: 40 },
  standard: { initial: 5, granted: 256, metric: "Standard/OnDemand" },
  standardSpot: { initial: 5, granted: 256, metric: "Standard/Spot" },
  g: { initial: 0, granted: 128, metric: "G/OnDemand" },
  gSpot: { initial: 0, granted: 128, metric: "G/Spot" },
  p: { initial: 0, granted: 1_536, metric: "P/OnDemand" },
  pSpot: { initial: 0, granted: 192, metric: "P/Spot" },
  p5Spot: { initial: 0, granted: 192, metric: "P5/Spot" },
};

const CODES = ["service-code", "quota-code"];

/** What Service Quotas and the metrics of use answer. */
export const QUOTA_QUESTIONS: readonly Question[] = [
  {
    service: "service-quotas",
    operation: "get-service-quota",
    required: CODES,
    answer: (account, asked) =>
      quotaIn(account, asked, ({ code }, { initial, granted = initial }) => account.changes.quotas[code] ?? granted),
  },
  {
    service: "service-quotas",
    operation: "get-aws-default-service-quota",
    required: CODES,
    answer: (account, asked) => quotaIn(account, asked, (_, { initial }) => initial),
  },
  {
    service: "cloudwatch",
    operation: "get-metric-statistics",
    required: ["namespace", "metric-name", "start-time", "end-time", "period"],
    optional: ["dimensions", "statistics"],
    lists: ["dimensions", "statistics"],
    answer: metric,
  },
];

function quotaIn(account: SimulatedAccount, asked: Asked, valueOf: (quota: Quota, value: Value) => number): object {
  const [service, code] = CODES.map((option) => asked.one(option));
  const name = NAMES.find((each) => QUOTAS[each].service === service && QUOTAS[each].code === code);
  if (name === undefined) {
    throw new Refusal("NoSuchResourceException", "The request failed because the specified service does not exist.");
  }
  const [quota, value] = [QUOTAS[name], VALUES[name]];
  return {
    Quota: {
      ServiceCode: quota.service,
      QuotaArn: `arn:aws:servicequotas:${account.region}:${account.id}:${quota.service}/${quota.code}`,
      QuotaCode: quota.code,
      QuotaName: quota.name,
      Value: valueOf(quota, value),
      Unit: "None",
      Adjustable: true,
      GlobalQuota: false,
      ...(value.metric !== undefined && {
        UsageMetric: {
          MetricNamespace: USAGE.namespace,
          MetricName: USAGE.name,
          MetricDimensions: { Class: value.metric, Resource: "vCPU", Service: "EC2", Type: "Resource" },
          MetricStatisticRecommendation: USAGE.statistic,
        },
      }),
    },
  };
}

const NAMES = Object.keys(QUOTAS) as QuotaName[];
const USAGE = { namespace: "AWS/Usage", name: "ResourceCount", statistic: "Maximum" } as const;

/** vCPUs of node groups by their class. Nodes that Karpenter starts are known to the cluster only; a class that nothing is of has no points. */
function metric(account: SimulatedAccount, asked: Asked): object {
  const [namespace, name] = [asked.one("namespace"), asked.one("metric-name")];
  const used = namespace === USAGE.namespace && name === USAGE.name ? vcpusOf(account, classIn(asked)) : 0;
  const points = used === 0 ? [] : [{ Timestamp: account.now.toISOString(), [USAGE.statistic]: used, Unit: "None" }];
  return { Label: name, Datapoints: points };
}

const classIn = (asked: Asked): string | undefined =>
  asked
    .all("dimensions")
    .map((text) => /^Name=Class,Value=(.+)$/.exec(text)?.[1])
    .find((found) => found !== undefined);

interface NodeGroup {
  instanceTypes?: string[];
  capacityType?: string;
  scalingConfig?: { desiredSize?: number };
}

function vcpusOf(account: SimulatedAccount, wanted: string | undefined): number {
  const groups = account.made("aws:eks/nodeGroup:NodeGroup").map(({ inputs }) => inputs as NodeGroup);
  return groups
    .filter(({ capacityType }) => wanted === (capacityType === "SPOT" ? VALUES.standardSpot.metric : VALUES.standard.metric))
    .reduce(
      (sum, { instanceTypes: [type = ""] = [], scalingConfig }) => sum + (vcpus(type) ?? 0) * (scalingConfig?.desiredSize ?? 0),
      0,
    );
}
