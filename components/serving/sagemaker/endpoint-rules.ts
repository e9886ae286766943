// What of an endpoint's arguments contradicts another one, or SageMaker.

import type * as pulumi from "@pulumi/pulumi";
import { SHORT_LABEL, SHORT_LABEL_RULE } from "../../naming.ts";
import { isLater } from "../../shape.ts";
import { check } from "../../validation.ts";
import { checkBucket, checkModel } from "../model.ts";
import type { EndpointSettings } from "./endpoint-args.ts";
import { instanceRange } from "./instances.ts";
import { alarmSeconds, checkLimits } from "./limits.ts";
import { ECR_IMAGE, ECR_IMAGE_RULE } from "./permissions.ts";
import { checkTraffic, firstInstances } from "./traffic.ts";

/** @throws {pulumi.ResourceError} which names the argument. */
export function validate(name: string, settings: EndpointSettings, on: pulumi.Resource): void {
  const { model, store, instances, limits, traffic, requestSeconds } = settings;
  check.matches("name", name, SHORT_LABEL, SHORT_LABEL_RULE, on);
  checkModel(name, model, on);
  checkBucket("store", store, on);
  checkCapture(settings, on);
  check.matches("model.image", model.image, ECR_IMAGE, ECR_IMAGE_RULE, on);
  const registry = isLater(model.image) ? undefined : ECR_IMAGE.exec(model.image as string)?.groups?.["region"];
  check.that(
    registry === undefined || registry === store.region,
    "model.image",
    `an image in ECR of ${store.region}, where the model's files are: SageMaker takes none of another region`,
    registry,
    on,
  );
  const { min, max } = instanceRange(instances);
  check.that(max >= min, "instances.max", `at least instances.min (${min})`, max, on);
  check.that(
    instances.kind === "fixed" || !instances.type.startsWith("ml.t2."),
    "instances.type",
    "no ml.t2 where instances.kind is 'scaled': SageMaker scales no burstable instances",
    instances.type,
    on,
  );
  checkTraffic(traffic, { ...settings, alarmSeconds: alarmSeconds(limits) }, max, on);
  checkLimits(limits, requestSeconds, { ...instances, instances: firstInstances(traffic, max) }, on);
  checkLengths(settings, on);
}

/** SageMaker API reference, VpcConfig; CloudWatch API reference, PutMetricAlarm. */
function checkLengths({ network, alarmActions, store }: EndpointSettings, on: pulumi.Resource): void {
  check.length("network.subnetIds", network?.subnetIds, { min: 1, max: 16 }, on);
  check.length("network.securityGroupIds", network?.securityGroupIds, { min: 1, max: 5 }, on);
  check.length("alarmActions", alarmActions, { min: 0, max: 5 }, on);
  for (const [index, topic] of alarmActions.entries()) {
    const isHere = isLater(topic) || (topic as string).split(":")[3] === store.region;
    check.that(isHere, `alarmActions[${index}]`, `a topic of ${store.region}, where the alarms are`, topic, on);
  }
}

/** Two buckets of which only the account knows the names are not compared, unless they are the same output. */
function checkCapture({ capture, store }: EndpointSettings, on: pulumi.Resource): void {
  if (capture === undefined) {
    return;
  }
  checkBucket("capture", capture, on);
  for (const key of ["bucketName", "bucketArn"] as const) {
    check.that(
      capture[key] !== store[key],
      `capture.${key}`,
      "another bucket than that of the models, which nothing that serves may write",
      capture[key],
      on,
    );
  }
}
