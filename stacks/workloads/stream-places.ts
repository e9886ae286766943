import * as pulumi from "@pulumi/pulumi";
import { streamName } from "#components/serving/streams/workload";
import type { Context } from "../context.ts";
import { FILES } from "../inputs/files.ts";
import type { ServedModel } from "../inputs/models.ts";
import { type Stream, sourceOf } from "../inputs/stream.ts";

type NamedModel = Pick<ServedModel, "stream"> & { name: string };

/** A model that predicts for a stream. */
interface Streaming {
  name: string;
  stream: Stream;
}

const streaming = (models: readonly NamedModel[]): Streaming[] =>
  models.flatMap(({ name, stream }) => (stream === undefined ? [] : [{ name, stream }]));

/**
 * What two streams may not share: a place that is written, as nobody could tell whose predictions lie there, and a consumer group, as each
 * would get a part of the rows. And no model may read what comes from its own predictions, over however many others: it would never end.
 *
 * @returns a sentence for each misfit.
 */
export function sharedStreams(models: readonly NamedModel[]): string[] {
  const all = streaming(models);
  const writers = new Map<string, Streaming>();
  const groups = new Map<string, string>();
  const shared = all.flatMap((model) => [...writtenTwice(model, writers), ...groupTwice(model, groups)]);
  return [...shared, ...all.flatMap((model) => loop(model, writers))];
}

/** Topics and streams have names of their own. */
const place = ({ kind }: Stream, name: string): string => `${kind} ${name}`;

function writtenTwice({ name, stream }: Streaming, writers: Map<string, Streaming>): string[] {
  return (["output", "deadLetters"] as const).flatMap((key) => {
    const written = place(stream, stream[key]);
    const other = writers.get(written);
    writers.set(written, other ?? { name, stream });
    const whose = other?.name === name ? `which is ${name}.stream.output too` : `which '${other?.name}' writes too`;
    return other === undefined
      ? []
      : [`${FILES.models}: ${name}.stream.${key} must be a place that nothing else writes, got '${stream[key]}', ${whose}`];
  });
}

function groupTwice({ name, stream }: Streaming, groups: Map<string, string>): string[] {
  if (stream.kind !== "kafka") {
    return [];
  }
  const { group = streamName(name) } = stream;
  const other = groups.get(group);
  groups.set(group, other ?? name);
  return other === undefined
    ? []
    : [
        `${FILES.models}: ${name}.stream.group must be a group of its own, got '${group}', which is that of '${other}': each would get a part of the rows`,
      ];
}

function loop({ name, stream }: Streaming, writers: ReadonlyMap<string, Streaming>): string[] {
  const passed = new Set<string>();
  for (let writer = writerOf(stream, writers); writer !== undefined; writer = writerOf(writer.stream, writers)) {
    if (writer.name === name) {
      const key = stream.kind === "kafka" ? "topic" : "stream";
      const through =
        passed.size === 0 ? "it writes itself" : `comes from its own predictions, through ${[...passed].join(", ")}`;
      return [
        `${FILES.models}: ${name}.stream.${key} must be a place that does not come from its own predictions, got '${sourceOf(stream)}', which ${through}`,
      ];
    }
    if (passed.has(writer.name)) {
      return [];
    }
    passed.add(writer.name);
  }
  return [];
}

const writerOf = (stream: Stream, writers: ReadonlyMap<string, Streaming>): Streaming | undefined =>
  writers.get(place(stream, sourceOf(stream)));

/** @throws {pulumi.RunError} when a model names a topic, and the environment no Kafka. */
export function refuseWithoutBrokers(models: readonly NamedModel[], { profile, settings }: Context): void {
  const [first] = streaming(models).filter(({ stream }) => stream.kind === "kafka");
  if (first !== undefined && settings.kafka === undefined) {
    throw new pulumi.RunError(
      `${FILES.config("*", profile.name)}: millrace:kafka must name the brokers for ${first.name}.stream of ${FILES.models}, got nothing: set its bootstrap, networks and port`,
    );
  }
}
