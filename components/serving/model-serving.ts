import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { PodRole } from "../identity/pod-role.ts";
import { SCRAPE_SECONDS } from "../mesh/gateway-telemetry.ts";
import { DNS_LABEL, SHORT_LABEL, SHORT_LABEL_RULE } from "../naming.ts";
import { fields, input, matching, oneOf, optional, text, wholeNumber } from "../shape.ts";
import { check, given } from "../validation.ts";
import { checkScaling, declareAutoscaler, type Scaling, scaling } from "./autoscaling.ts";
import { declareComparer, mirrorsTo } from "./comparer.ts";
import { type Compute, checkCompute, compute, gpusOf } from "./compute.ts";
import { disruptionSpec } from "./disruption.ts";
import { checkExposure, type Exposure, exposure, TIMEOUT_SECONDS } from "./exposure.ts";
import { checkMeasured } from "./measured.ts";
import { checkModel, type ModelStore, type ModelVersion, model, modelStore, readModel } from "./model.ts";
import { servingNames } from "./names.ts";
import { podTemplate } from "./pod-template.ts";
import { declareReach } from "./reach.ts";
import { declareRollout } from "./rollout.ts";
import { declareRoutes } from "./routing.ts";
import { checkRuntime, contractOf, type Runtime, runtime, type Served } from "./runtimes/runtime.ts";
import { kindOf, type Strategy, strategy } from "./strategies/strategy.ts";

export type ModelServingArgs = ServingArgs & Served;

/** The arguments that do not depend on the program that serves the model. */
export interface ServingArgs {
  /** Namespace that the servers run in; it exists already. */
  namespace: string;

  /** What is served. Changing it is a release. */
  model: ModelVersion;

  /** Where the model's files are fetched from. */
  store: ModelStore;

  /** EKS cluster whose pods may read the store. */
  clusterName: pulumi.Input<string>;

  /** Where users find it. */
  exposure: Exposure;

  /**
   * Where Prometheus runs, and its address as seen from the delivery controller and from KEDA; it scrapes the servers and the gateway.
   * `scrapeSeconds`: time between two scrapes of a server. @default 15
   */
  monitoring: { namespace: string; prometheusUrl: pulumi.Input<string>; scrapeSeconds?: number };

  /**
   * When `pulumi up` returns. `created`: once the objects stand; the delivery controller goes on alone, and aborts alone.
   * `healthy`: once the release is complete; a release that aborts or pauses fails the update.
   * @default "created"
   */
  await?: "created" | "healthy";

  /** How many servers there are, by CPU or by the load that Prometheus knows of. @default - the numbers of `Scaling`, by CPU */
  scaling?: Scaling;

  /** How a new version takes over. @default { kind: "canary" } */
  strategy?: Strategy;
}

/**
 * A model behind the gateway, whose new versions take over by shares of the traffic and are thrown out by their own measurements.
 *
 * Pulumi declares everything; Argo Rollouts then moves the weights of one route and the selectors of two Services, and exactly those
 * fields are ignored here. The component's name is the model's name, and the name of its Kubernetes objects.
 *
 * @throws {pulumi.ResourceError} when an argument breaks the rule that stands beside it.
 */
export class ModelServing extends Component {
  static override readonly shape = fields<ModelServingArgs>({
    namespace: matching(DNS_LABEL, "a Kubernetes namespace"),
    model,
    store: modelStore,
    clusterName: input(text),
    exposure,
    monitoring: fields<ModelServingArgs["monitoring"]>({
      namespace: text,
      prometheusUrl: input(text),
      scrapeSeconds: optional(wholeNumber({ min: 1 })),
    }),
    await: optional(oneOf("created", "healthy")),
    scaling: optional(scaling),
    strategy: optional(strategy),
    runtime: optional(runtime),
    compute: optional(compute),
  });

  readonly namespace: string;
  readonly host: string;
  readonly version: string;
  readonly rollout: k8s.apiextensions.CustomResource;
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: ModelServingArgs, opts?: ComponentOptions) {
    super("serving:ModelServing", name, args, opts);
    validate(name, args, this);

    const child = { parent: this };
    const after = (...dependsOn: pulumi.Resource[]) => ({ ...child, dependsOn });
    const { namespace, monitoring, store, strategy, compute, runtime, scaling } = filled(args);
    const { loadSeconds } = { loadSeconds: LOAD_SECONDS, ...given(runtime) };
    const { timeoutSeconds } = { timeoutSeconds: TIMEOUT_SECONDS, ...given(args.exposure) };
    const { host, gateway, grpc = false } = args.exposure;
    const contract = contractOf(runtime, { name, timeoutSeconds, gpus: gpusOf(compute), grpc });
    const names = servingNames(name, namespace, { grpc });
    const scrapeSeconds = monitoring.scrapeSeconds ?? SCRAPE_SECONDS;
    const release = kindOf(strategy).plan(strategy, {
      names,
      prometheusUrl: monitoring.prometheusUrl,
      version: args.model.version,
      loadSeconds,
    });
    const comparer = release.comparer && {
      ...release.comparer,
      names,
      image: contract.fetcher ?? args.model.image,
      serverPort: contract.port,
      timeoutSeconds,
      ...(compute.kind === "cpu" && compute.nodeLabels && { nodeLabels: compute.nodeLabels }),
      gatewayNamespace: gateway.namespace,
      monitoringNamespace: monitoring.namespace,
      scrapeSeconds,
    };
    if (comparer) {
      declareComparer(comparer, child);
    }

    const metadata = { name, namespace };
    const account = new k8s.core.v1.ServiceAccount(`${name}-account`, { metadata, automountServiceAccountToken: false }, child);
    const role = new PodRole(
      `${name}-reader`,
      { clusterName: args.clusterName, namespace, serviceAccount: name, statements: readModel(name, store) },
      child,
    );

    const exposed = {
      path: contract.path,
      timeoutSeconds,
      ...given(args.exposure),
      methods: contract.grpc?.methods ?? [],
      ...(comparer && { mirrors: mirrorsTo(names, comparer) }),
      ...(release.audience && { audience: release.audience }),
    };
    const routes = declareRoutes(names, exposed, child);
    const template = podTemplate({
      name,
      model: args.model,
      bucketName: store.bucketName,
      contract,
      compute,
      timeoutSeconds,
      loadSeconds,
    });
    const waitSeconds = args.await === "healthy" ? release.longestSeconds : undefined;
    this.rollout = declareRollout(
      { names, template, release, loadSeconds, ...(waitSeconds !== undefined && { waitSeconds }) },
      after(account, role.association, ...routes),
    );

    declareAutoscaler(
      { model: name, namespace, scaling, loadSeconds, prometheusUrl: monitoring.prometheusUrl, scrapeSeconds },
      after(this.rollout),
    );
    new k8s.policy.v1.PodDisruptionBudget(`${name}-budget`, { metadata, spec: disruptionSpec(name) }, child);
    declareReach(
      names,
      contract,
      { gateway: gateway.namespace, monitoring: monitoring.namespace, compared: comparer !== undefined },
      scrapeSeconds,
      child,
    );

    this.namespace = namespace;
    this.host = host;
    this.version = args.model.version;
    this.roleArn = role.roleArn;
    this.registerOutputs({ namespace, host, version: args.model.version, roleArn: role.roleArn });
  }
}

interface Filled extends Required<ServingArgs> {
  runtime: Runtime;
  compute: Compute;
}

/** The arguments, with the default of each that was not given. */
const filled = (args: ModelServingArgs): Filled => ({
  await: "created",
  strategy: { kind: "canary" },
  compute: { kind: "cpu" },
  runtime: { kind: "image" },
  scaling: {},
  ...given(args),
});

const LOAD_SECONDS = 300;

function validate(name: string, args: ModelServingArgs, on: pulumi.Resource): void {
  const { model, exposure, compute, runtime, scaling, strategy } = filled(args);
  check.matches("name", name, SHORT_LABEL, SHORT_LABEL_RULE, on);
  checkModel(name, model, on);
  kindOf(strategy).check(strategy, on);
  checkCompute(compute, on);
  checkRuntime(runtime, compute, on);
  const contract = contractOf(runtime, { name, timeoutSeconds: TIMEOUT_SECONDS, gpus: gpusOf(compute), grpc: true });
  checkExposure(exposure, { runtime: runtime.kind, strategy: strategy.kind, contract }, on);
  checkMeasured(strategy, runtime, on);
  check.that(
    compute.kind === "gpu" || strategy.kind !== "canary" || strategy.scarceGpus !== true,
    "strategy.scarceGpus",
    "left out where 'compute.kind' is not gpu: it saves GPUs, and an abort is no longer instant",
    true,
    on,
  );
  checkScaling(scaling, runtime, strategy, on);
}
