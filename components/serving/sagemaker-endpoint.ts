import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { policyDocument, serviceTrust } from "../iam.ts";
import { shorten } from "../naming.ts";
import { alarmName, alarms, VARIANT } from "./sagemaker/alarms.ts";
import { endpointShape, filled, type SageMakerEndpointArgs } from "./sagemaker/endpoint-args.ts";
import { configurationOf, releaseOf, volumeKeyOf } from "./sagemaker/endpoint-release.ts";
import { validate } from "./sagemaker/endpoint-rules.ts";
import type { Instances } from "./sagemaker/instances.ts";
import { endpointPermissions } from "./sagemaker/permissions.ts";
import { blueGreenPolicy } from "./sagemaker/traffic.ts";

/**
 * A model behind an endpoint of SageMaker, for teams without a cluster: the same releases as `ModelServing`, moved by SageMaker and
 * thrown out by alarms of CloudWatch.
 *
 * The component's name is the model's name. Each release makes a model and a configuration of its own, whose names say which they are,
 * and the endpoint then moves to them. A release that SageMaker has rolled back fails the update, and leaves what the endpoint runs.
 *
 * @throws {pulumi.ResourceError} when an argument breaks the rule that stands beside it.
 */
export class SageMakerEndpoint extends Component {
  static override readonly shape = endpointShape;

  readonly endpointName: pulumi.Output<string>;
  readonly endpointArn: pulumi.Output<string>;
  readonly roleArn: pulumi.Output<string>;
  /** The version that the endpoint runs. */
  readonly version: pulumi.Output<string>;

  constructor(name: string, args: SageMakerEndpointArgs, opts?: ComponentOptions) {
    super("serving:SageMakerEndpoint", name, args, opts);
    const settings = filled(args);
    validate(name, settings, this);

    const child = { parent: this };
    const { endpointName, store, account, limits, network, capture, alarmActions } = settings;
    const tags = { model: name };
    const logGroup = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      { name: `/aws/sagemaker/Endpoints/${endpointName}`, kmsKeyId: args.logs.kmsKeyArn, retentionInDays: args.logs.days },
      child,
    );
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        namePrefix: shorten("iam role", `${name}-endpoint-`, 26),
        assumeRolePolicy: serviceTrust("sagemaker.amazonaws.com", account),
      },
      child,
    );
    const permissions = new aws.iam.RolePolicy(
      `${name}-permissions`,
      {
        role: role.id,
        policy: policyDocument(
          endpointPermissions({
            modelName: name,
            store,
            account,
            image: args.model.image,
            logGroupArn: logGroup.arn,
            alarmNames: [alarmName(endpointName, "errors"), alarmName(endpointName, "latency")],
            volumeKeyArn: volumeKeyOf(settings),
            capture,
            networked: network !== undefined,
          }),
        ),
      },
      child,
    );

    const release = releaseOf(name, settings, role.arn);
    const served = new aws.sagemaker.Model(
      `${name}-model-${release.id}`,
      { name: release.name, ...release.model, tags },
      { ...child, dependsOn: [permissions, logGroup] },
    );
    const configuration = new aws.sagemaker.EndpointConfiguration(
      `${name}-configuration-${release.id}`,
      { name: release.name, ...configurationOf(settings, served.name), tags },
      child,
    );
    const watched = { endpointName, configurationName: configuration.name };
    const guards = Object.entries(alarms(watched, limits)).map(
      ([of, alarm]) =>
        new aws.cloudwatch.MetricAlarm(
          `${name}-${of}`,
          { ...alarm, alarmActions: [...alarmActions], okActions: [...alarmActions] },
          child,
        ),
    );
    const endpoint = new aws.sagemaker.Endpoint(
      `${name}-endpoint`,
      {
        name: endpointName,
        endpointConfigName: configuration.name,
        deploymentConfig: {
          blueGreenUpdatePolicy: blueGreenPolicy(settings.traffic, settings),
          autoRollbackConfiguration: { alarms: guards.map((alarm) => ({ alarmName: alarm.name })) },
        },
        tags,
      },
      { ...child, dependsOn: guards },
    );
    scale(name, settings.instances, endpoint, child);

    this.endpointName = endpoint.name;
    this.endpointArn = endpoint.arn;
    this.roleArn = role.arn;
    this.version = pulumi
      .all([endpoint.endpointConfigName, configuration.name])
      .apply(([runs, told]) => refuseRolledBack(endpointName, runs, told) ?? args.model.version);
    this.registerOutputs({ endpointName, endpointArn: endpoint.arn, roleArn: role.arn, version: this.version });
  }
}

/** Follows the requests of an instance. */
function scale(name: string, instances: Instances, endpoint: aws.sagemaker.Endpoint, child: pulumi.CustomResourceOptions): void {
  if (instances.kind === "fixed") {
    return;
  }
  const target = new aws.appautoscaling.Target(
    `${name}-scaling`,
    {
      serviceNamespace: "sagemaker",
      scalableDimension: "sagemaker:variant:DesiredInstanceCount",
      resourceId: pulumi.interpolate`endpoint/${endpoint.name}/variant/${VARIANT}`,
      minCapacity: instances.min,
      maxCapacity: instances.max,
    },
    child,
  );
  new aws.appautoscaling.Policy(
    `${name}-scaling-policy`,
    {
      name: pulumi.interpolate`${endpoint.name}-requests`,
      policyType: "TargetTrackingScaling",
      serviceNamespace: target.serviceNamespace,
      scalableDimension: target.scalableDimension,
      resourceId: target.resourceId,
      targetTrackingScalingPolicyConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "SageMakerVariantInvocationsPerInstance" },
        targetValue: instances.requestsPerMinute,
        // An instance takes minutes to start, and fewer of them are wanted only once it has been quiet for a while.
        scaleOutCooldown: 60,
        scaleInCooldown: 600,
      },
    },
    child,
  );
}

/**
 * The provider says nothing where SageMaker went back to the old version (hashicorp/terraform-provider-aws issues 46663 and 48997): it
 * waits until the endpoint is in service, and it is. The update would succeed, and Pulumi would then delete what the endpoint runs.
 *
 * @throws {pulumi.RunError} which ends the update before it deletes anything.
 */
function refuseRolledBack(endpointName: string, runs: string, told: string): undefined {
  if (runs !== told) {
    throw new pulumi.RunError(
      `endpoint '${endpointName}' must run '${told}', got '${runs}': SageMaker has rolled the release back. Its alarms and ` +
        `\`aws sagemaker describe-endpoint --endpoint-name ${endpointName}\` say why. Name the version before it in the release, or a better one`,
    );
  }
}
