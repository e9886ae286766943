import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { cron } from "../cron.ts";
import { TO_AWS, TO_DNS, TO_POD_IDENTITY } from "../egress.ts";
import { PodRole } from "../identity/pod-role.ts";
import { DNS_LABEL, SHORT_LABEL, SHORT_LABEL_RULE } from "../naming.ts";
import { anyText, fields, input, listOf, mapOf, matching, number, oneOf, optional, text, wholeNumber } from "../shape.ts";
import { check, given } from "../validation.ts";
import { type BatchTerms, batchJob } from "./batch-job.ts";
import { SIZE } from "./compute.ts";
import { bucketArn, checkModel, type ModelStore, type ModelVersion, model, modelStore, readModel } from "./model.ts";
import { readTable, type Table, writeTable } from "./table.ts";

export interface BatchInferenceArgs extends BatchTerms {
  /** Namespace that the jobs run in; it exists already. */
  namespace: string;

  /** Name of the model: its versions lie in `models/<name>/` of the store. */
  modelName: string;

  /** What predicts. Its image is our model server. Another version predicts the partitions again only where `again` says so. */
  model: ModelVersion;

  /** Where the model's files are fetched from. */
  store: ModelStore;

  /** EKS cluster whose pods get the role. */
  clusterName: pulumi.Input<string>;

  /** Table to predict for: Parquet files, partitioned in Hive style. */
  input: Table;

  /** Where the predictions go, with the same partitions. No part of the input. */
  output: Table;

  /** When it runs, in UTC: a cron schedule of five fields, such as `0 3 * * *`. A day that never comes, `0 3 31 2 *`, is refused. */
  schedule: string;
}

const table = fields<Table>({
  bucketName: input(text),
  bucketArn: input(bucketArn),
  kmsKeyArn: input(text),
  prefix: matching(/^([\w.=-]+\/)*$/, "a prefix that ends with a slash, such as scores/, or an empty one"),
});

/**
 * Predicts for a whole table at set times: each partition's results become visible once, all together, and a run goes on where the one before
 * ended (docs/model-server.md, "Batch inference"). Its role reads one model and the input, and writes the output alone.
 *
 * @throws {pulumi.ResourceError} when an argument breaks the rule that stands beside it.
 */
export class BatchInference extends Component {
  static override readonly shape = fields<BatchInferenceArgs>({
    namespace: matching(DNS_LABEL, "a Kubernetes namespace"),
    modelName: matching(SHORT_LABEL, SHORT_LABEL_RULE),
    model,
    store: modelStore,
    clusterName: input(text),
    input: table,
    output: table,
    schedule: cron,
    partitions: optional(matching(/^[^$\s]+$/, "a pattern of partition paths, such as date=2026-11-*")),
    keep: optional(listOf(matching(/^[^,\s]([^,]*[^,\s])?$/, "the name of a column without a comma"), 1)),
    rowsPerCall: optional(wholeNumber({ min: 1, max: 1_000_000 })),
    maxRejectedShare: optional(number({ min: 0, max: 1 })),
    again: optional(oneOf("refuse", "replace")),
    pods: optional(wholeNumber({ min: 1, max: 1_000 })),
    deadlineSeconds: optional(wholeNumber({ min: 60, max: 604_800 })),
    ...SIZE,
    nodeLabels: optional(mapOf(anyText)),
    queue: optional(matching(DNS_LABEL, "the name of a LocalQueue")),
  });

  readonly roleArn: pulumi.Output<string>;
  readonly cronJob: k8s.batch.v1.CronJob;

  constructor(name: string, args: BatchInferenceArgs, opts?: ComponentOptions) {
    super("serving:BatchInference", name, args, opts);
    check.matches("name", name, SHORT_LABEL, SHORT_LABEL_RULE, this);
    checkModel(args.modelName, args.model, this);
    checkApart(args, this);

    const child = { parent: this };
    const { namespace, modelName, store, clusterName } = args;
    // Apart from a model of the same name.
    const metadata = { name: batchName(name), namespace };
    const account = new k8s.core.v1.ServiceAccount(`${name}-account`, { metadata, automountServiceAccountToken: false }, child);
    const statements = [
      ...readModel(modelName, store),
      ...readTable("Input", args.input, store.region),
      ...writeTable("Output", args.output, store.region),
    ];
    const role = new PodRole(`${name}-role`, { clusterName, namespace, serviceAccount: metadata.name, statements }, child);
    const reach = new k8s.networking.v1.NetworkPolicy(`${name}-reach`, { metadata, spec: reachSpec(metadata.name) }, child);
    this.cronJob = new k8s.batch.v1.CronJob(
      `${name}-schedule`,
      {
        metadata,
        spec: {
          schedule: args.schedule,
          timeZone: "Etc/UTC",
          // A run that takes longer than a day is not overtaken: both would do the same partitions.
          concurrencyPolicy: "Forbid",
          startingDeadlineSeconds: 3_600,
          successfulJobsHistoryLimit: 1,
          failedJobsHistoryLimit: 3,
          jobTemplate: batchJob(metadata.name, { ...args, ...given(args) }),
        },
      },
      { ...child, dependsOn: [account, role.association, reach] },
    );

    this.roleArn = role.roleArn;
    this.registerOutputs({ roleArn: role.roleArn });
  }
}

/** Two buckets of which only the account knows the names are not compared: the program refuses then. */
function checkApart({ input: from, output: to, store }: BatchInferenceArgs, on: pulumi.Resource): void {
  const [inputBucket, outputBucket] = [from, to].map(({ bucketName }) =>
    typeof bucketName === "string" ? bucketName : undefined,
  );
  check.that(
    outputBucket === undefined || outputBucket !== store.bucketName,
    "output.bucketName",
    "another bucket than that of the models, which nothing that serves may write",
    outputBucket,
    on,
  );
  const isSame = outputBucket !== undefined && inputBucket === outputBucket;
  const isInside = from.prefix.startsWith(to.prefix) || to.prefix.startsWith(from.prefix);
  check.that(
    !(isSame && isInside),
    "output",
    "a place that is no part of the input, and has none of it",
    `${to.prefix} beside ${from.prefix}`,
    on,
  );
}

/** Name of the Kubernetes objects. */
const batchName = (name: string): string => `${name}-batch`;

/** In: nobody. Out: names, the Pod Identity agent, AWS. */
const reachSpec = (name: string) => ({
  podSelector: { matchLabels: { app: name } },
  policyTypes: ["Ingress", "Egress"],
  ingress: [],
  egress: [TO_DNS, TO_POD_IDENTITY, TO_AWS],
});
