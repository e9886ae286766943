import type * as pulumi from "@pulumi/pulumi";
import { byKind } from "../../shape.ts";
import { check } from "../../validation.ts";
import { checkKafka, type KafkaStream, kafkaShape } from "./kafka.ts";
import { checkKinesis, type KinesisStream, kinesisShape } from "./kinesis.ts";

/** Where rows come from, and where predictions and dead letters go. */
export type StreamSource = KafkaStream | KinesisStream;

export const streamSource = byKind<StreamSource, "kind">("kind", { kafka: kafkaShape, kinesis: kinesisShape });

/** @throws {pulumi.ResourceError} when an argument belongs to another kind, two places are the same, or the kind refuses it. */
export function checkSource(source: StreamSource, { pods, region }: { pods: number; region: string }, on: pulumi.Resource): void {
  const allowed = ["kind", ...Object.keys(source.kind === "kafka" ? kafkaShape : kinesisShape)];
  for (const key of Object.keys(source)) {
    check.oneOf("source", key, allowed, on);
  }
  check.distinct("source", placesOf(source), on);
  if (source.kind === "kafka") {
    checkKafka(source, pods, on);
  } else {
    checkKinesis(source, region, on);
  }
}

/** The three places as far as they are known; what reads what it wrote would never come to an end. */
const placesOf = (source: StreamSource): string[] =>
  (source.kind === "kafka"
    ? [source.topic, source.output, source.deadLetters]
    : [source.stream.arn, source.output.arn, source.deadLetters.arn]
  ).filter((each) => typeof each === "string");
