import type { ComponentOptions } from "#components/component";
import { StreamInference } from "#components/serving/stream-inference";
import type { StreamSource } from "#components/serving/streams/stream";
import { modelsNamespace } from "#components/teams/team";
import type { Context } from "../context.ts";
import type { Stream } from "../inputs/stream.ts";
import { prefixOf } from "../names.ts";
import type { ReleasedModel } from "./fitting.ts";
import { type Ground, storeOf, versionOf } from "./ground.ts";
import { stated } from "./limits.ts";

interface Around {
  context: Context;
  ground: Ground;
  /** Longest time that the model takes to load, seconds. */
  loadSeconds: number;
  /** Time between two scrapes, seconds. */
  scrapeSeconds: number;
}

/** Predictions for the rows of a stream, as they come, by the version that is released. */
export function declareStream(
  model: ReleasedModel,
  stream: Stream,
  { context, ground, loadSeconds, scrapeSeconds }: Around,
  opts: ComponentOptions,
): StreamInference {
  const { keep, rowsPerCall, waitSeconds, predictSeconds, pods } = stream;
  const { cluster, cpu, monitoring } = ground.platform;
  return new StreamInference(
    model.name,
    {
      ...stated({ keep, rowsPerCall, waitSeconds, predictSeconds, pods }),
      namespace: modelsNamespace(model.team),
      modelName: model.name,
      model: versionOf(model, ground),
      store: storeOf(ground),
      clusterName: cluster.name,
      source: placesOf(model.name, stream, context, ground),
      monitoring: { namespace: monitoring.namespace, scrapeSeconds },
      loadSeconds,
      nodeLabels: cpu.nodeLabels,
    },
    opts,
  );
}

function placesOf(name: string, stream: Stream, context: Context, { foundation }: Ground): StreamSource {
  const { account, region, kafka } = context.settings;
  const { output, deadLetters } = stream;
  if (stream.kind === "kafka") {
    const { topic, partitions, group } = stream;
    // Without brokers the model was refused before.
    const { bootstrap, networks, port, clusterArn } = kafka!;
    return {
      kind: "kafka",
      bootstrap,
      brokers: { networks, port },
      topic,
      partitions,
      output,
      deadLetters,
      ...stated({ group, clusterArn }),
    };
  }
  const kmsKeyArn = foundation.keys.data;
  const named = (each: string) => ({ arn: `arn:aws:kinesis:${region}:${account}:stream/${each}`, kmsKeyArn });
  return {
    kind: "kinesis",
    stream: named(stream.stream),
    output: named(output),
    deadLetters: named(deadLetters),
    checkpoints: {
      tableName: `${prefixOf(context)}-${name}-checkpoints`,
      kmsKeyArn,
      deletionProtection: context.profile.protection.deletion,
    },
  };
}
