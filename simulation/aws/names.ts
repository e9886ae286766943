// Refusals of names, by the rules of each service.

import type { Bag, Failure } from "#engine/values";

interface NameRule {
  readonly input: string;
  readonly min?: number;
  readonly max: number;

  /** Every character, or the whole name, that AWS takes. */
  readonly form: RegExp;
  readonly error: string;
}

const IAM = /^[\w+=,.@-]+$/;
const iam = (max: number): NameRule => ({
  input: "name",
  max,
  form: IAM,
  error: "ValidationError: the specified value for name is invalid. It must contain only alphanumeric characters and/or +=,.@_-",
});
const rds = (input: string): NameRule => ({
  input,
  max: 63,
  form: /^[a-z](?!.*--)[a-z0-9-]*(?<!-)$/,
  error:
    "InvalidParameterValue: the parameter must begin with a letter, hold only lowercase letters, digits and hyphens, and not end with a hyphen or hold two in a row",
});
const simple = (max: number, form: RegExp, min = 1, input = "name"): NameRule => ({
  input,
  min,
  max,
  form,
  error: `ValidationException: the name must satisfy the pattern ${form.source}`,
});

const sagemaker = simple(63, /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);

/** Rules of the services' API references ("Length Constraints", "Pattern") for the names of what Millrace creates. */
const RULES: Readonly<Record<string, NameRule>> = {
  "aws:s3/bucket:Bucket": {
    input: "bucket",
    min: 3,
    max: 63,
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    form: /^(?!\d+\.\d+\.\d+\.\d+$)(?!xn--|sthree-|amzn-s3-demo-)(?!.*\.\.)(?!.*(-s3alias|--ol-s3)$)[a-z0-9][a-z0-9.-]*[a-z0-9]$/,
    error: "InvalidBucketName: The specified bucket is not valid",
  },
  "aws:iam/role:Role": iam(64),
  "aws:iam/user:User": iam(64),
  "aws:iam/policy:Policy": iam(128),
  "aws:iam/rolePolicy:RolePolicy": iam(128),
  "aws:iam/instanceProfile:InstanceProfile": iam(128),
  "aws:rds/instance:Instance": rds("identifier"),
  "aws:rds/cluster:Cluster": rds("clusterIdentifier"),
  "aws:rds/subnetGroup:SubnetGroup": simple(255, /^[a-z0-9._ -]+$/),
  "aws:rds/parameterGroup:ParameterGroup": rds("name"),
  "aws:eks/cluster:Cluster": simple(100, /^[0-9A-Za-z][A-Za-z0-9_-]*$/),
  "aws:eks/nodeGroup:NodeGroup": simple(63, /^[0-9A-Za-z][A-Za-z0-9_-]*$/, 1, "nodeGroupName"),
  "aws:sqs/queue:Queue": simple(80, /^[A-Za-z0-9_-]+(\.fifo)?$/),
  "aws:sns/topic:Topic": simple(256, /^[A-Za-z0-9_-]+(\.fifo)?$/),
  "aws:cloudwatch/eventRule:EventRule": simple(64, /^[.\-_A-Za-z0-9]+$/),
  "aws:cloudwatch/logGroup:LogGroup": simple(512, /^[.\-_/#A-Za-z0-9]+$/),
  "aws:cloudwatch/metricAlarm:MetricAlarm": simple(255, /^.+$/),
  "aws:kms/alias:Alias": simple(256, /^alias\/(?!aws\/)[A-Za-z0-9/_-]+$/),
  "aws:ecr/repository:Repository": simple(256, /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/, 2),
  "aws:secretsmanager/secret:Secret": simple(512, /^[A-Za-z0-9/_+=.@-]+$/),
  "aws:ec2/securityGroup:SecurityGroup": simple(255, /^(?!sg-)[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]+$/),
  "aws:ec2/launchTemplate:LaunchTemplate": simple(128, /^[A-Za-z0-9()./_-]+$/, 3),
  "aws:budgets/budget:Budget": simple(100, /^[^:\\]+$/),
  "aws:cloudtrail/trail:Trail": simple(128, /^[A-Za-z0-9][A-Za-z0-9._-]+[A-Za-z0-9]$/, 3),
  "aws:backup/vault:Vault": simple(50, /^[A-Za-z0-9_-]+$/, 2),
  "aws:lb/targetGroup:TargetGroup": simple(32, /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/),
  "aws:autoscaling/group:Group": simple(255, /^[^:/\\]+$/),
  "aws:codebuild/project:Project": simple(150, /^[A-Za-z0-9][A-Za-z0-9_-]+$/, 2),
  "aws:lb/loadBalancer:LoadBalancer": simple(32, /^(?!internal-)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/),
  "aws:sagemaker/model:Model": sagemaker,
  "aws:sagemaker/endpointConfiguration:EndpointConfiguration": sagemaker,
  "aws:sagemaker/endpoint:Endpoint": sagemaker,
};

/** What AWS would refuse about the name of a resource. */
export function nameFailures(type: string, inputs: Bag): Failure[] {
  const rule = RULES[type];
  const name: unknown = rule && inputs[rule.input];
  if (!rule || typeof name !== "string") {
    return [];
  }
  const { input: property, min = 1, max, form, error } = rule;
  if (name.length < min || name.length > max) {
    const reason = `ValidationException: '${name}' has ${name.length} characters; the name of ${type} must have ${min} to ${max}`;
    return [{ property, reason }];
  }
  return form.test(name) ? [] : [{ property, reason: `${error}, got '${name}'` }];
}
