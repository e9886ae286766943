import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { namespaceNamed, TO_AWS, TO_DNS, TO_POD_IDENTITY, tcp } from "../egress.ts";
import { PodRole } from "../identity/pod-role.ts";
import { SCRAPE_SECONDS } from "../mesh/gateway-telemetry.ts";
import { DNS_LABEL, SHORT_LABEL, SHORT_LABEL_RULE } from "../naming.ts";
import { closed, fields, input, label, listOf, matching, optional, text, wholeNumber } from "../shape.ts";
import { check, given } from "../validation.ts";
import { API } from "../versions.ts";
import { checkBounds } from "./autoscaling.ts";
import { type Compute, checkCompute, compute, gpusOf } from "./compute.ts";
import { disruptionSpec } from "./disruption.ts";
import { TIMEOUT_SECONDS } from "./exposure.ts";
import { appOf, inferenceServiceSpec, type KserveScaling, METADATA, scalingOf } from "./kserve/predictor.ts";
import { checkModel, type ModelStore, type ModelVersion, model, modelStore, readModel } from "./model.ts";
import { podMonitorSpec } from "./reach.ts";
import type { ServerContract } from "./runtimes/contract.ts";
import { checkRuntime, contractOf, type Runtime, runtime, type Served } from "./runtimes/runtime.ts";

export type InferenceServiceArgs = KserveArgs & Unexposed<Served>;

/** KServe exposes what it serves. */
type Unexposed<S> = S extends unknown ? Omit<S, "exposure"> : never;

/** The arguments that do not depend on the program that serves the model. */
export interface KserveArgs {
  /** Namespace that the servers run in; it exists already. */
  namespace: string;

  /** What is served. A changed version replaces the servers one by one, and nothing measures it. */
  model: ModelVersion;

  /** Where the model's files are fetched from. */
  store: ModelStore;

  /** EKS cluster whose pods may read the store. */
  clusterName: pulumi.Input<string>;

  /** Namespaces whose pods may ask the servers, each once: that of KServe's gateway, and of callers inside the cluster. */
  callers: readonly string[];

  /** Where Prometheus runs. `scrapeSeconds`: time between two scrapes of a server. @default 15 */
  monitoring: { namespace: string; scrapeSeconds?: number };

  /** Longest time that a request may take, seconds. @default 10 */
  timeoutSeconds?: number;

  /** How many servers there are. @default - the numbers of `KserveScaling` */
  scaling?: KserveScaling;
}

/**
 * A model behind KServe, for clusters that run it already: an InferenceService in Standard mode, without Knative. The same release as
 * `ModelServing` has, fetched by the same container and verified by the same digest, under the same fences; but no canary and no gates
 * (docs/decisions/kserve.md). The component's name is the model's name, and the name of its Kubernetes objects.
 *
 * @throws {pulumi.ResourceError} when an argument breaks the rule that stands beside it.
 */
export class InferenceService extends Component {
  static override readonly shape = fields<InferenceServiceArgs>({
    namespace: matching(DNS_LABEL, "a Kubernetes namespace"),
    model,
    store: modelStore,
    clusterName: input(text),
    callers: listOf(label, 1),
    monitoring: fields<KserveArgs["monitoring"]>({ namespace: text, scrapeSeconds: optional(wholeNumber({ min: 1 })) }),
    timeoutSeconds: optional(wholeNumber({ min: 1, max: 3_600 })),
    scaling: optional(
      closed(
        fields<KserveScaling>({
          minReplicas: optional(wholeNumber({ min: 1 })),
          maxReplicas: optional(wholeNumber({ min: 1 })),
          targetCpuPercent: optional(wholeNumber({ min: 10, max: 100 })),
        }),
      ),
    ),
    runtime: optional(runtime),
    compute: optional(compute),
  });

  readonly inferenceService: k8s.apiextensions.CustomResource;
  readonly roleArn: pulumi.Output<string>;
  /** Address inside the cluster. */
  readonly url: string;

  constructor(name: string, args: InferenceServiceArgs, opts?: ComponentOptions) {
    super("serving:InferenceService", name, args, opts);
    const { namespace, store, compute, runtime, timeoutSeconds, scaling, callers, monitoring } = filled(args);
    const contract = contractOf(runtime, { name, timeoutSeconds, gpus: gpusOf(compute), grpc: false });
    validate(name, args, this);

    const child = { parent: this };
    const metadata = { name, namespace };
    const account = new k8s.core.v1.ServiceAccount(`${name}-account`, { metadata, automountServiceAccountToken: false }, child);
    const statements = readModel(name, store);
    const role = new PodRole(
      `${name}-reader`,
      { clusterName: args.clusterName, namespace, serviceAccount: name, statements },
      child,
    );
    const reach = new k8s.networking.v1.NetworkPolicy(
      `${name}-reach`,
      { metadata, spec: reachSpec(name, contract, callers, monitoring.namespace) },
      child,
    );
    const { loadSeconds } = { loadSeconds: LOAD_SECONDS, ...given(runtime) };
    const pods = { name, model: args.model, bucketName: store.bucketName, contract, compute, timeoutSeconds, loadSeconds };
    this.inferenceService = new k8s.apiextensions.CustomResource(
      `${name}-service`,
      {
        apiVersion: API.kserve,
        kind: "InferenceService",
        metadata: { ...metadata, ...METADATA },
        spec: inferenceServiceSpec(pods, compute, scaling),
      },
      { ...child, dependsOn: [account, role.association, reach] },
    );
    new k8s.policy.v1.PodDisruptionBudget(`${name}-budget`, { metadata, spec: disruptionSpec(appOf(name)) }, child);
    new k8s.apiextensions.CustomResource(
      `${name}-monitor`,
      {
        apiVersion: API.monitoring,
        kind: "PodMonitor",
        metadata,
        spec: {
          ...podMonitorSpec(name, contract, monitoring.scrapeSeconds ?? SCRAPE_SECONDS),
          selector: { matchLabels: { app: appOf(name) } },
        },
      },
      child,
    );

    this.roleArn = role.roleArn;
    this.url = `http://${name}-predictor.${namespace}.svc.cluster.local${contract.path}`;
    this.registerOutputs({ roleArn: role.roleArn, url: this.url });
  }
}

const LOAD_SECONDS = 300;

interface Filled extends Required<KserveArgs> {
  runtime: Runtime;
  compute: Compute;
  scaling: Required<KserveScaling>;
}

/** The arguments, with the default of each that was not given. */
const filled = (args: InferenceServiceArgs): Filled => ({
  timeoutSeconds: TIMEOUT_SECONDS,
  runtime: { kind: "image" },
  compute: { kind: "cpu" },
  ...given(args),
  scaling: scalingOf(given(args.scaling ?? {})),
});

function validate(name: string, args: InferenceServiceArgs, on: pulumi.Resource): void {
  const { model, compute, runtime, scaling, callers } = filled(args);
  check.matches("name", name, SHORT_LABEL, SHORT_LABEL_RULE, on);
  checkModel(name, model, on);
  checkCompute(compute, on);
  checkRuntime(runtime, compute, on);
  check.distinct("callers", callers, on);
  checkBounds(scaling, on);
}

/** In: predictions from callers, scrapes from monitoring. Out: names, the Pod Identity agent, AWS. */
const reachSpec = (name: string, { port, metrics }: ServerContract, callers: readonly string[], monitoring: string) => ({
  podSelector: { matchLabels: { app: appOf(name) } },
  policyTypes: ["Ingress", "Egress"],
  ingress: [
    { from: callers.map(namespaceNamed), ports: tcp(port) },
    { from: [namespaceNamed(monitoring)], ports: tcp(metrics.port ?? port) },
  ],
  egress: [TO_DNS, TO_POD_IDENTITY, TO_AWS],
});
