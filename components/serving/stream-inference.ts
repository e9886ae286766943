import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { namespaceNamed, TO_AWS, TO_DNS, TO_POD_IDENTITY, tcp } from "../egress.ts";
import { PodRole } from "../identity/pod-role.ts";
import { SCRAPE_SECONDS } from "../mesh/gateway-telemetry.ts";
import { DNS_LABEL, SHORT_LABEL, SHORT_LABEL_RULE } from "../naming.ts";
import { anyText, fields, input, listOf, mapOf, matching, number, optional, text, wholeNumber } from "../shape.ts";
import { check, given } from "../validation.ts";
import { API } from "../versions.ts";
import { SIZE } from "./compute.ts";
import { disruptionSpec } from "./disruption.ts";
import { checkModel, type ModelStore, type ModelVersion, model, modelStore, readModel } from "./model.ts";
import { kafkaParts } from "./streams/kafka.ts";
import { checkpointTable, kinesisParts } from "./streams/kinesis.ts";
import type { StreamParts } from "./streams/parts.ts";
import { checkSource, type StreamSource, streamSource } from "./streams/stream.ts";
import { STREAM_DEFAULTS, STREAM_PORT, type StreamTerms, streamName, streamSpec } from "./streams/workload.ts";

export interface StreamInferenceArgs extends StreamTerms {
  /** Namespace that the pods run in; it exists already. */
  namespace: string;

  /** Name of the model: its versions lie in `models/<name>/` of the store. */
  modelName: string;

  /** What predicts. Its image is our model server. A changed version goes on where the one before stopped. */
  model: ModelVersion;

  /** Where the model's files are fetched from. */
  store: ModelStore;

  /** EKS cluster whose pods get the role. */
  clusterName: pulumi.Input<string>;

  /** Where rows come from, and where predictions and dead letters go: topics of Kafka or streams of Kinesis that exist already. */
  source: StreamSource;

  /** Where Prometheus runs. `scrapeSeconds`: time between two scrapes. @default 15 */
  monitoring: { namespace: string; scrapeSeconds?: number };
}

/**
 * Predicts for the rows of a stream as they come: exactly once with Kafka, at least once and by ids with Kinesis; what cannot be
 * predicted goes to dead letters and blocks nothing (docs/model-server.md, "Streams"). Its role reads one model and the source, and
 * writes the outputs alone.
 *
 * @throws {pulumi.ResourceError} when an argument breaks the rule that stands beside it.
 */
export class StreamInference extends Component {
  static override readonly shape = fields<StreamInferenceArgs>({
    namespace: matching(DNS_LABEL, "a Kubernetes namespace"),
    modelName: matching(SHORT_LABEL, SHORT_LABEL_RULE),
    model,
    store: modelStore,
    clusterName: input(text),
    source: streamSource,
    monitoring: fields<StreamInferenceArgs["monitoring"]>({ namespace: text, scrapeSeconds: optional(wholeNumber({ min: 1 })) }),
    keep: optional(listOf(matching(/^[^,\s$]([^,$]*[^,\s$])?$/, "the name of a field without a comma"), 1)),
    rowsPerCall: optional(wholeNumber({ min: 1, max: 10_000 })),
    waitSeconds: optional(number({ min: 0, max: 10 })),
    predictSeconds: optional(number({ min: 0.1, max: 3_600 })),
    loadSeconds: optional(wholeNumber({ min: 1, max: 3_600 })),
    pods: optional(wholeNumber({ min: 1, max: 1_000 })),
    ...SIZE,
    nodeLabels: optional(mapOf(anyText)),
  });

  readonly roleArn: pulumi.Output<string>;
  readonly statefulSet: k8s.apps.v1.StatefulSet;

  constructor(name: string, args: StreamInferenceArgs, opts?: ComponentOptions) {
    super("serving:StreamInference", name, args, opts);
    const { namespace, modelName, store, clusterName, source, monitoring } = args;
    const place = { pods: args.pods ?? STREAM_DEFAULTS.pods, region: store.region };
    check.matches("name", name, SHORT_LABEL, SHORT_LABEL_RULE, this);
    checkModel(modelName, args.model, this);
    checkSource(source, place, this);

    const child = { parent: this };
    const metadata = { name: streamName(name), namespace };
    const parts =
      source.kind === "kafka"
        ? kafkaParts(source, metadata.name)
        : kinesisParts(source, checkpointTable(`${name}-checkpoints`, source, child), place);
    const account = new k8s.core.v1.ServiceAccount(`${name}-account`, { metadata, automountServiceAccountToken: false }, child);
    const statements = [...readModel(modelName, store), ...parts.statements];
    const role = new PodRole(`${name}-role`, { clusterName, namespace, serviceAccount: metadata.name, statements }, child);
    const reach = new k8s.networking.v1.NetworkPolicy(
      `${name}-reach`,
      { metadata, spec: reachSpec(metadata.name, monitoring.namespace, parts) },
      child,
    );
    this.statefulSet = new k8s.apps.v1.StatefulSet(
      `${name}-pods`,
      { metadata, spec: streamSpec(metadata.name, { ...args, ...given(args) }, parts.variables) },
      { ...child, dependsOn: [account, role.association, reach] },
    );
    new k8s.policy.v1.PodDisruptionBudget(`${name}-budget`, { metadata, spec: disruptionSpec(metadata.name) }, child);
    new k8s.apiextensions.CustomResource(
      `${name}-monitor`,
      { apiVersion: API.monitoring, kind: "PodMonitor", metadata, spec: monitorSpec(metadata.name, monitoring.scrapeSeconds) },
      child,
    );

    this.roleArn = role.roleArn;
    this.registerOutputs({ roleArn: role.roleArn });
  }
}

/** In: scrapes. Out: names, the Pod Identity agent, AWS, the brokers. */
const reachSpec = (name: string, monitoring: string, { egress }: StreamParts) => ({
  podSelector: { matchLabels: { app: name } },
  policyTypes: ["Ingress", "Egress"],
  ingress: [{ from: [namespaceNamed(monitoring)], ports: tcp(STREAM_PORT) }],
  egress: [TO_DNS, TO_POD_IDENTITY, TO_AWS, ...egress],
});

const monitorSpec = (name: string, scrapeSeconds = SCRAPE_SECONDS) => ({
  selector: { matchLabels: { app: name } },
  podMetricsEndpoints: [{ port: "http", path: "/metrics", interval: `${scrapeSeconds}s` }],
  podTargetLabels: ["app"],
  sampleLimit: 5_000,
});
