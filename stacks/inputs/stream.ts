import type { KafkaStream } from "#components/serving/streams/kafka";
import type { StreamTerms } from "#components/serving/streams/workload";
import { anyText, byKind, closed, listOf, matching, number, optional, type Rule, wholeNumber } from "#components/shape";

/** Predictions of a model for the rows of a stream, as they come. It runs beside the model's servers, on CPUs. */
export type Stream = Terms & (Topics | KinesisStreams);

type Terms = Pick<StreamTerms, "keep" | "rowsPerCall" | "waitSeconds" | "predictSeconds" | "pods">;

/** Topics of the Kafka that the environment's stack config names (`millrace:kafka`). */
interface Topics extends Pick<KafkaStream, "kind" | "topic" | "partitions" | "output" | "deadLetters" | "group"> {}

/** Streams of Kinesis in the environment's account and region, encrypted with its key for data. */
interface KinesisStreams {
  kind: "kinesis";
  /** Name of the stream of the rows. */
  stream: string;
  /** Name of the stream of the predictions. */
  output: string;
  /** Name of the stream of the records that cannot be predicted. */
  deadLetters: string;
}

/** The place that a model reads. */
export const sourceOf = (stream: Stream): string => (stream.kind === "kafka" ? stream.topic : stream.stream);

const terms = {
  keep: optional(listOf(anyText, 1)),
  rowsPerCall: optional(wholeNumber({ min: 1 })),
  waitSeconds: optional(number({ min: 0 })),
  predictSeconds: optional(number({ min: 0 })),
  pods: optional(wholeNumber({ min: 1 })),
};

/** Kinesis API reference, "CreateStream". */
const kinesisName = matching(/^[\w.-]{1,128}$/, "the name of a Kinesis stream: letters, digits, '.', '_' and '-'");

/** Ranges that the component has are left to it. */
export const streamRule: Rule<Stream, true> = optional(
  closed(
    byKind<Stream, "kind">("kind", {
      kafka: {
        ...terms,
        topic: anyText,
        partitions: wholeNumber({ min: 1 }),
        output: anyText,
        deadLetters: anyText,
        group: optional(anyText),
      },
      kinesis: { ...terms, stream: kinesisName, output: kinesisName, deadLetters: kinesisName },
    }),
  ),
);
