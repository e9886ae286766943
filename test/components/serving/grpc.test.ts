import { describe, expect, it } from "vitest";
import { ModelServing } from "#components/serving/model-serving";
import type { Runtime } from "#components/serving/runtimes/runtime";
import { type Recorded, refusal } from "../../harness/graph.ts";
import { named } from "../named.ts";
import { type Change, changed, DIGEST, everything, minimal, serving } from "./fixture.ts";
import { hasSchema, validate } from "./schemas.ts";

const FETCHER = `111111111111.dkr.ecr.eu-west-1.amazonaws.com/model-server@${DIGEST}`;
const METHODS = ["inference.GRPCInferenceService/ModelInfer"];

/** What speaks gRPC, at which port of its pods. */
const SPEAKERS: [Runtime, number][] = [
  [{ kind: "image" }, 8_081],
  [{ kind: "triton", fetcher: FETCHER }, 8_001],
  [{ kind: "tensorflow-serving", fetcher: FETCHER }, 8_500],
  [{ kind: "openvino", fetcher: FETCHER }, 9_000],
  [
    {
      kind: "custom",
      fetcher: FETCHER,
      port: 8_080,
      readyPath: "/ready",
      path: "/score",
      grpc: { port: 9_090, methods: METHODS },
    },
    9_090,
  ],
];

const exposed = (values: object = {}): Change => ({ exposure: { ...minimal.exposure, grpc: true, ...values } });
const specOf = (graph: readonly Recorded[], name: string) => named(graph, name).inputs["spec"];
const names = (graph: readonly Recorded[]) => graph.map(({ name }) => name).toSorted();

describe.each(SPEAKERS)("a model that answers gRPC, on %s", (runtime, port) => {
  const graphOf = () => serving({ ...exposed(), runtime });

  it("has a port of gRPC from the gateway to its server", async () => {
    const graph = await graphOf();
    const [server] = specOf(graph, "fraud-rollout").template.spec.containers;
    expect(server.ports).toContainEqual({ name: "grpc", containerPort: port });
    expect(specOf(graph, "fraud-reach").ingress[0].ports).toContainEqual({ protocol: "TCP", port });
    for (const service of ["fraud-stable", "fraud-canary"]) {
      expect(specOf(graph, service).ports).toEqual([
        { name: "http", port: 80, targetPort: "http", appProtocol: "http" },
        { name: "grpc", port: 50_051, targetPort: "grpc", appProtocol: "grpc" },
      ]);
    }
  });

  it("is asked for what predicts and describes, and for nothing that changes the server", async () => {
    const [grpc] = specOf(await graphOf(), "fraud-root").http;
    const paths = grpc.match.map(({ uri }: any) => uri.exact);
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.every((path: string) => /^\/[\w.]+\.\w+\/\w+$/.test(path))).toBe(true);
    expect(paths.join()).not.toMatch(/Load|Unload|Repository|SharedMemory|Setting|Reload/);
  });

  it("declares custom resources that their CRDs accept", async () => {
    const custom = (await graphOf()).filter(({ inputs }) => hasSchema(inputs));
    expect(custom.length).toBe(8);
    for (const { inputs } of custom) {
      expect(() => validate(inputs)).not.toThrow();
    }
  });
});

describe("a model that answers gRPC", () => {
  it("has one object more, which Pulumi and the Rollout treat as the route of REST", async () => {
    const [without, graph] = [await serving(), await serving(exposed())];
    expect(names(graph)).toEqual([...names(without), "fraud-split-grpc"].toSorted());
    expect(named(graph, "fraud-split-grpc").ignoreChanges).toEqual(["spec.http"]);
    expect(named(graph, "fraud-root").dependencies.toSorted()).toEqual(["fraud-split", "fraud-split-grpc"]);
    expect(named(graph, "fraud-rollout").dependencies).toContain("fraud-split-grpc");
    expect(specOf(graph, "fraud-rollout").strategy.canary.trafficRouting.istio.virtualServices).toHaveLength(2);
  });

  it("keeps users on their version by gRPC, too", async () => {
    const graph = await serving(exposed({ sticky: { cookie: "session" } }));
    const { http } = specOf(graph, "fraud-root");
    const merged = ["fraud-split-grpc", "fraud-split"].map(
      (split, at) => `${http[at].name}-${specOf(graph, split).http[0].name}`,
    );
    const patches = specOf(graph, "fraud-sticky").configPatches;
    expect(patches.map(({ match }: any) => match.routeConfiguration.vhost.route.name).toSorted()).toEqual(merged.toSorted());
    expect(new Set(patches.map(({ patch }: any) => JSON.stringify(patch))).size).toBe(1);
  });

  it("tells its pods of gRPC only where it is asked for, so that others need no release", async () => {
    const portOf = async (change: Change): Promise<unknown> =>
      specOf(await serving(change), "fraud-rollout").template.spec.containers[0].env.find(
        ({ name }: { name: string }) => name === "GRPC_PORT",
      )?.value;
    expect([await portOf({}), await portOf(exposed())]).toEqual([undefined, "8081"]);
    const { ports } = specOf(await serving(everything), "fraud-rollout").template.spec.containers[0];
    expect(ports).toEqual([{ name: "http", containerPort: 8_080 }]);
  });
});

const outcomes = { attempts: "impression", successes: "click" };

it.each<[Change, string]>([
  [exposed({ grpc: "yes" }), "'exposure.grpc' must be true or false, got 'yes'"],
  [
    { ...exposed(), runtime: { kind: "vllm", fetcher: FETCHER }, compute: { kind: "gpu", gpus: 1, nodeLabels: {} } },
    "'exposure.grpc' must be left out where the runtime 'vllm' speaks none; a custom one says in 'runtime.grpc' what it speaks, got 'true'",
  ],
  [
    { ...exposed(), runtime: { kind: "custom", fetcher: FETCHER, port: 8_080, readyPath: "/ready", path: "/score" } },
    "'exposure.grpc' must be left out where the runtime 'custom' speaks none; a custom one says in 'runtime.grpc' what it speaks, got 'true'",
  ],
  [
    { ...exposed(), strategy: { kind: "blueGreen" } },
    "'strategy.kind' must be another one than blueGreen beside 'exposure.grpc': it judges a version by its answers to copies, and the gateway does not know the status of those, got 'blueGreen'",
  ],
  [
    exposed({ path: "/inference.GRPCInferenceService/ModelInfer/v2" }),
    "'exposure.path' must be apart from the methods of gRPC, such as /inference.GRPCInferenceService/ModelInfer, got '/inference.GRPCInferenceService/ModelInfer/v2'",
  ],
  [
    {
      ...exposed(),
      runtime: {
        kind: "custom",
        fetcher: FETCHER,
        port: 8_080,
        readyPath: "/ready",
        path: "/score",
        grpc: { port: 8_080, methods: METHODS },
      },
    },
    "'runtime.grpc.port' must be another port than 'runtime.port', which speaks HTTP/1, got '8080'",
  ],
  ...["ModelInfer", "/inference.GRPCInferenceService/ModelInfer", "a/b/c", "a.b/*"].map((method): [Change, string] => [
    {
      ...exposed(),
      runtime: {
        kind: "custom",
        fetcher: FETCHER,
        port: 8_080,
        readyPath: "/ready",
        path: "/score",
        grpc: { port: 9_090, methods: [method] },
      },
    },
    `'runtime.grpc.methods[0]' must be a method of gRPC by its whole name, such as inference.GRPCInferenceService/ModelInfer, got '${method}'`,
  ]),
])("refused is %o", async (change, sentence) => {
  expect(await refusal(() => new ModelServing("fraud", changed(change)))).toBe(sentence);
});

it.each<[string, Change]>([
  ["a canary", {}],
  ["a shadow, which compares answers of REST", { strategy: { kind: "shadow" } }],
  ["an A/B test", { ...exposed({ sticky: { header: "x-user-id" } }), strategy: { kind: "abTest", outcomes } }],
])("allowed is %s", async (_, change) => {
  expect(names(await serving({ ...exposed(), ...change }))).toContain("fraud-split-grpc");
});
