// What AWS answers, as its CLI prints it. Recorded from the API references' examples and from Service Quotas' public output; no account of ours.

/** A quota as `service-quotas get-service-quota` prints it. */
export const quota = (value: number, metric?: { class: string; resource?: string }) => ({
  Quota: {
    ServiceCode: "ec2",
    QuotaCode: "L-0",
    Value: value,
    Adjustable: true,
    ...(metric && {
      UsageMetric: {
        MetricNamespace: "AWS/Usage",
        MetricName: "ResourceCount",
        MetricDimensions: { Class: metric.class, Resource: metric.resource ?? "vCPU", Service: "EC2", Type: "Resource" },
        MetricStatisticRecommendation: "Maximum",
      },
    }),
  },
});

export const NO_CLUSTER =
  "An error occurred (ResourceNotFoundException) when calling the DescribeCluster operation: No cluster found for name: millrace-dev.";
export const NO_QUOTA =
  "An error occurred (NoSuchResourceException) when calling the GetServiceQuota operation: The request failed because the specified service does not exist.";
export const DENIED =
  "An error occurred (AccessDeniedException) when calling the GetServiceQuota operation: User: arn:aws:iam::111111111111:user/x is not authorized to perform: servicequotas:GetServiceQuota";
export const THROTTLED =
  "An error occurred (TooManyRequestsException) when calling the GetServiceQuota operation (reached max retries: 7): Rate exceeded";
export const NO_CREDENTIALS = 'Unable to locate credentials. You can configure credentials by running "aws login".';

/** Answers by a part of the question: an object is printed, a text is an error. The first that fits is taken. */
export type Answers = Record<string, unknown>;

/** A roomy account that has nothing yet. */
export const ROOMY: Answers = {
  "sts get-caller-identity": { Account: "111111111111", Arn: "arn:aws:iam::111111111111:user/x", UserId: "x" },
  "eks describe-cluster": NO_CLUSTER,
  "get-service-quota": quota(1_000, { class: "Standard/OnDemand" }),
  "get-metric-statistics": { Label: "ResourceCount", Datapoints: [{ Maximum: 2 }, { Maximum: 5 }] },
  "describe-instance-type-offerings": {
    InstanceTypeOfferings: [{ InstanceType: "x", LocationType: "availability-zone", Location: "eu-west-1b" }],
  },
  "describe-addon-versions": { addons: [] },
  "describe-log-groups": { logGroups: [{ logGroupName: "/aws/eks/millrace-dev/cluster-other" }] },
  "list-open-id-connect-providers": { OpenIDConnectProviderList: [] },
};
