import * as pulumi from "@pulumi/pulumi";
import { tcp } from "../../egress.ts";
import type { Statement } from "../../iam.ts";
import { fields, input, listOf, matching, optional, type Shape, wholeNumber } from "../../shape.ts";
import { check } from "../../validation.ts";
import type { StreamParts } from "./parts.ts";

/** Topics of a Kafka whose brokers take encrypted connections alone; all three are in one cluster, as a transaction is. */
export interface KafkaStream {
  kind: "kafka";

  /** Brokers to begin with: `<host>:<port>`, with commas between them. */
  bootstrap: pulumi.Input<string>;

  /** Where the brokers listen: the address ranges of their subnets, and their port. MSK: 9098 with IAM, 9094 without. */
  brokers: { networks: readonly string[]; port: number };

  /** ARN of a cluster of MSK whose IAM the pods sign in with. @default - the brokers ask nobody who they are */
  clusterArn?: pulumi.Input<string>;

  /** Topic of the rows. */
  topic: string;

  /** Its partitions: more pods than these would have nothing to do. */
  partitions: number;

  /** Topic of the predictions. */
  output: string;

  /** Topic of the records that cannot be predicted. */
  deadLetters: string;

  /** Consumer group. Another one begins anew, at the oldest record. @default - the component's name */
  group?: string;
}

/** Kafka documentation, "Topic names": what `Topic.validate` lets through. */
const topic = matching(/^(?!\.{1,2}$)[\w.-]{1,249}$/, "the name of a topic: letters, digits, '.', '_' and '-'");

/** Where the brokers are, as far as their account knows. */
export const BOOTSTRAP = /^[\w.-]+:\d{1,5}(,[\w.-]+:\d{1,5})*$/;
export const BOOTSTRAP_RULE = "<host>:<port> of brokers, with commas between them";
export const BROKER_NETWORK = /^\d{1,3}(\.\d{1,3}){3}\/([89]|[12]\d|3[0-2])$/;
export const BROKER_NETWORK_RULE = "a range of at most /8, such as 10.0.0.0/16";
export const MSK_ARN = /^arn:aws[\w-]*:kafka:[\w-]+:\d{12}:cluster\/[\w-]+\/[\w-]+$/;
export const MSK_RULE = "the ARN of a cluster of MSK";

export const kafkaShape: Shape<Omit<KafkaStream, "kind">> = {
  bootstrap: input(matching(BOOTSTRAP, BOOTSTRAP_RULE)),
  brokers: fields<KafkaStream["brokers"]>({
    networks: listOf(matching(BROKER_NETWORK, BROKER_NETWORK_RULE), 1),
    port: wholeNumber({ min: 1, max: 65_535 }),
  }),
  clusterArn: optional(input(matching(MSK_ARN, MSK_RULE))),
  topic,
  partitions: wholeNumber({ min: 1 }),
  output: topic,
  deadLetters: topic,
  group: optional(matching(/^[\w.-]{1,200}$/, "the name of a consumer group: letters, digits, '.', '_' and '-'")),
};

/** @throws {pulumi.ResourceError} when there are more pods than partitions. */
export function checkKafka({ partitions }: KafkaStream, pods: number, on: pulumi.Resource): void {
  check.that(
    pods <= partitions,
    "pods",
    `at most 'source.partitions' (${partitions}), as more would have nothing to do`,
    pods,
    on,
  );
}

/** What the program is told, what it may do, and where it goes. @param name of the workload. */
export function kafkaParts(source: KafkaStream, name: string): StreamParts {
  const { bootstrap, brokers, clusterArn, topic, output, deadLetters, group = name } = source;
  return {
    variables: {
      STREAM_KIND: "kafka",
      STREAM_BOOTSTRAP: bootstrap,
      STREAM_SIGN_IN: clusterArn === undefined ? "none" : "iam",
      STREAM_GROUP: group,
      STREAM_INPUT: topic,
      STREAM_OUTPUT: output,
      STREAM_DEAD_LETTERS: deadLetters,
    },
    statements: clusterArn === undefined ? [] : statements(pulumi.output(clusterArn), { ...source, group }, name),
    egress: [{ to: brokers.networks.map((cidr) => ({ ipBlock: { cidr } })), ports: tcp(brokers.port) }],
  };
}

/** Actions and resources of Amazon MSK Developer Guide, "Authorization policy resources" and "Common use cases for client authorization". */
function statements(cluster: pulumi.Output<string>, source: KafkaStream & { group: string }, name: string): Statement[] {
  const inside = (kind: string, ...names: string[]) =>
    names.map((each) => cluster.apply((arn) => `${arn.replace(":cluster/", `:${kind}/`)}/${each}`));
  const { topic, output, deadLetters, group } = source;
  return [
    {
      sid: "Connect",
      actions: ["kafka-cluster:Connect", "kafka-cluster:DescribeCluster", "kafka-cluster:WriteDataIdempotently"],
      resources: [cluster],
    },
    {
      sid: "ReadRows",
      actions: ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
      resources: inside("topic", topic),
    },
    {
      sid: "WriteOutputs",
      actions: ["kafka-cluster:DescribeTopic", "kafka-cluster:WriteData"],
      resources: inside("topic", output, deadLetters),
    },
    {
      sid: "JoinGroup",
      actions: ["kafka-cluster:DescribeGroup", "kafka-cluster:AlterGroup"],
      resources: inside("group", group),
    },
    {
      sid: "Transact",
      actions: ["kafka-cluster:DescribeTransactionalId", "kafka-cluster:AlterTransactionalId"],
      resources: inside("transactional-id", `${group}-${name}-*`),
    },
  ];
}
