import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { type EndpointLimits, MEASUREMENTS } from "./limits.ts";

/** The only variant of an endpoint. A release must keep its name (SageMaker developer guide, "Exclusions" of deployment guardrails). */
export const VARIANT = "AllTraffic";

/** What is watched: the instances of one configuration alone, so that those of the old version do not dilute the new one's faults. */
export interface Watched {
  endpointName: string;
  configurationName: pulumi.Input<string>;
}

export type Role = "errors" | "latency";

/** Names of the alarms: the same in every release, so that a release changes what they watch, and not which alarms there are. */
export const alarmName = (endpointName: string, role: Role): string => `${endpointName}-${role}`;

/**
 * The alarms that end a release, by what they are about.
 *
 * Without answers there is no measurement: the alarm says that it lacks data, and is not in alarm. Data come with the first users
 * (SageMaker developer guide, "Auto-Rollback Configuration and Monitoring").
 */
export function alarms(watched: Watched, limits: Required<EndpointLimits>): Record<Role, aws.cloudwatch.MetricAlarmArgs> {
  const { maxErrorShare, latencyTargetMs, maxSlowShare, windowSeconds, minRequests } = limits;
  const read = (id: string, metricName: string, stat: string) => ({
    id,
    metric: {
      namespace: "AWS/SageMaker",
      metricName,
      dimensions: {
        EndpointName: watched.endpointName,
        VariantName: VARIANT,
        EndpointConfigName: watched.configurationName,
      },
      period: windowSeconds,
      stat,
    },
  });
  const alarm = (role: Role, threshold: number, description: string, metric: string, stat: string, value: string) => ({
    name: alarmName(watched.endpointName, role),
    alarmDescription: description,
    comparisonOperator: "GreaterThanThreshold",
    threshold,
    evaluationPeriods: MEASUREMENTS,
    datapointsToAlarm: MEASUREMENTS,
    treatMissingData: "missing",
    metricQueries: [
      read("requests", "Invocations", "Sum"),
      read(role, metric, stat),
      { id: "measured", expression: `IF(requests >= ${minRequests}, ${value}, 0)`, label: role, returnData: true },
    ],
  });
  return {
    errors: alarm(
      "errors",
      maxErrorShare,
      `More than ${percent(maxErrorShare)} % of the answers of the version under release are 5xx`,
      "Invocation5XXErrors",
      "Sum",
      "errors / requests",
    ),
    latency: alarm(
      "latency",
      // The metric is in microseconds.
      latencyTargetMs * 1_000,
      `More than ${percent(maxSlowShare)} % of the answers of the version under release take longer than ${latencyTargetMs} ms`,
      "ModelLatency",
      `p${percent(1 - maxSlowShare)}`,
      "latency",
    ),
  };
}

/** With two decimals at most: shares of binary numbers have more. */
const percent = (share: number): number => Number((100 * share).toFixed(2));
