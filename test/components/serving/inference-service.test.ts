import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InferenceService, type InferenceServiceArgs } from "#components/serving/inference-service";
import type { Runtime } from "#components/serving/runtimes/runtime";
import { policyOf } from "#plan/policy";
import { record } from "#plan/record";
import { sentence } from "#policies/evaluate";
import { type Recorded, refusal } from "../../harness/graph.ts";
import { layer, planOf } from "../../plan/sample.ts";
import { TODAY } from "../../policies/sample.ts";
import { DIGEST, inferenceService as everything, minimal } from "./fixture.ts";
import { faultsAgainst } from "./kserve/schema.ts";

const { namespace, model, store, clusterName } = minimal;
const least: InferenceServiceArgs = {
  namespace,
  model,
  store,
  clusterName,
  callers: ["gateway"],
  monitoring: { namespace: "monitoring" },
};

const made = async (args: unknown = least): Promise<Recorded[]> =>
  (await record(() => new InferenceService("fraud", args as InferenceServiceArgs), { stack: "workloads-prod" })).resources;

const specOf = async (args?: unknown): Promise<any> =>
  (await made(args)).find(({ type }) => type === "kubernetes:serving.kserve.io/v1beta1:InferenceService")!.inputs;

/** Recorded from the sources of KServe 0.20.0, as the file says. */
const { schema } = JSON.parse(readFileSync(join(import.meta.dirname, "kserve/inference-service-0.20.0.json"), "utf8"));

const fetcher = `111111111111.dkr.ecr.eu-west-1.amazonaws.com/model-server@${DIGEST}`;
const gpu = { kind: "gpu", gpus: 1, nodeLabels: { "millrace.dev/pool": "inference" } };
const RUNTIMES: readonly Runtime[] = [
  { kind: "image", loadSeconds: 60 },
  { kind: "triton", fetcher },
  { kind: "tensorflow-serving", fetcher },
  { kind: "openvino", fetcher },
  { kind: "vllm", fetcher },
  { kind: "custom", fetcher, port: 9_000, readyPath: "/ready", path: "/score" },
];

describe("an InferenceService", () => {
  it.each(RUNTIMES)("of $kind has nothing that KServe's definition does not know", async (runtime) => {
    const { apiVersion, kind, metadata, spec } = await specOf({
      ...least,
      runtime,
      ...(runtime.kind === "vllm" && { compute: gpu }),
    });
    expect(faultsAgainst(schema, { apiVersion, kind, metadata, spec })).toEqual([]);
  });

  it("is told apart from one that the definition does not know", async () => {
    const { predictor } = (await specOf()).spec;
    const faults = (changed: object) => faultsAgainst(schema, { spec: { predictor: { ...predictor, ...changed } } });
    expect(faults({})).toEqual([]);
    expect(faults({ minReplica: 2 })).toEqual([".spec.predictor.minReplica: unknown"]);
    expect(faults({ maxReplicas: "4" })).toEqual(['.spec.predictor.maxReplicas: "4" is no integer']);
    expect(faults({ containers: [{ ...predictor.containers[0], ports: [{}] }] })).toEqual([
      ".spec.predictor.containers[0].ports[0].containerPort: missing",
    ]);
  });

  it("fetches its files by our own container, which compares the digest, and by nothing of KServe's", async () => {
    const { predictor } = (await specOf()).spec;
    const [fetch] = predictor.initContainers;
    expect(fetch.command).toEqual(["/usr/local/bin/fetch-model"]);
    expect(fetch.env).toContainEqual({ name: "MODEL_SHA256", value: model.sha256 });
    expect(fetch.env).toContainEqual({ name: "MODEL_URI", value: "s3://models/models/fraud/3" });
    // Either of them calls KServe's storage initializer.
    expect(JSON.stringify(predictor)).not.toMatch(/storageUri|STORAGE_URI/);
    expect(predictor.containers).toHaveLength(1);
    expect(predictor.containers[0]).toMatchObject({
      name: "kserve-container",
      image: model.image,
      volumeMounts: [{ mountPath: "/models", readOnly: true }, {}],
    });
  });

  it("runs without Knative, without a canary of KServe's, and is not published by it", async () => {
    const { metadata, spec } = await specOf(everything);
    expect(metadata.annotations).toEqual({
      "serving.kserve.io/deploymentMode": "Standard",
      "serving.kserve.io/autoscalerClass": "hpa",
    });
    expect(metadata.labels).toEqual({ "networking.kserve.io/visibility": "cluster-local" });
    expect(spec.predictor).toMatchObject({ minReplicas: 3, maxReplicas: 9, scaleMetric: "cpu", scaleTarget: 50, timeout: 5 });
    expect(spec.canary ?? spec.predictor.canaryTrafficPercent).toBeUndefined();
  });

  it("is reached by its callers and by Prometheus alone, by the label that KServe gives the pods", async () => {
    const resources = await made(everything);
    const of = (kind: string): any => resources.find(({ type, custom }) => custom && type.endsWith(`:${kind}`))!.inputs["spec"];
    const app = { matchLabels: { app: "isvc.fraud-predictor" } };
    const { podSelector, ingress } = of("NetworkPolicy");
    expect(podSelector).toEqual(app);
    expect(ingress[0].from.map((each: any) => each.namespaceSelector.matchLabels["kubernetes.io/metadata.name"])).toEqual([
      "gateway",
      "batch",
    ]);
    expect(of("PodDisruptionBudget").selector).toEqual(app);
    expect(of("PodMonitor").selector).toEqual(app);
    expect(of("InferenceService").predictor.topologySpreadConstraints[0].labelSelector).toEqual(app);
  });

  it("keeps every rule of prod", async () => {
    for (const args of [least, everything]) {
      const { verdicts } = policyOf(planOf([layer("workloads", await made(args))], { environment: "prod" }), [], TODAY);
      const broken = verdicts.flatMap(({ verdict }) => verdict.violations).map(sentence);
      // The stacks give every role its boundary, and their provider its tags.
      expect(broken.filter((each) => !/^(IAM-03|COST-01) /.test(each))).toEqual([]);
    }
  });
});

it.each<[string, object, string]>([
  ["nobody who calls", { callers: [] }, "'callers' must be a list of at least 1, got an empty list"],
  ["a caller twice", { callers: ["a", "a"] }, "'callers' must be distinct, got 'a'"],
  [
    "fewer servers than there must be",
    { scaling: { minReplicas: 5 } },
    "'scaling.maxReplicas' must be at least 'scaling.minReplicas' (5), got '4'",
  ],
  ["no server at all", { scaling: { minReplicas: 0 } }, "'scaling.minReplicas' must be a whole number of at least 1, got '0'"],
  ["a measure that KServe leaves to Knative", { scaling: { by: "requests" } }, "'scaling.by' must be a known key"],
  ["vLLM on CPUs", { runtime: { kind: "vllm", fetcher } }, "'compute.kind' must be gpu"],
  [
    "another model's files",
    { model: { ...model, path: "models/churn/3" } },
    "'model.path' must be a folder inside 'models/fraud/'",
  ],
  ["an image by tag", { model: { ...model, image: "a/b:1" } }, "'model.image' must be an image by digest"],
])("an InferenceService is refused with %s", async (_, changed, said) => {
  expect(await refusal(() => new InferenceService("fraud", { ...least, ...changed } as never))).toContain(said);
});
