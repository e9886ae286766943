import { describe, expect, it } from "vitest";
import type { Compute } from "#components/serving/compute";
import { ModelServing } from "#components/serving/model-serving";
import { RUNTIMES, type Runtime } from "#components/serving/runtimes/runtime";
import { type Recorded, refusal } from "../../harness/graph.ts";
import { named } from "../named.ts";
import { type Change, changed, DIGEST, minimal, serving } from "./fixture.ts";
import { hasSchema, validate } from "./schemas.ts";

const FETCHER = `111111111111.dkr.ecr.eu-west-1.amazonaws.com/model-server@${DIGEST}`;
const SERVER = `111111111111.dkr.ecr.eu-west-1.amazonaws.com/server@sha256:${"c".repeat(64)}`;
const GPU: Compute = { kind: "gpu", gpus: 2, nodeLabels: { "millrace.dev/pool": "inference" } };

/** Each runtime on what it runs on, with all that can be said. */
const RUN: { readonly [K in Runtime["kind"]]: { runtime: Extract<Runtime, { kind: K }>; compute?: Compute } } = {
  image: { runtime: { kind: "image" } },
  triton: { runtime: { kind: "triton", fetcher: FETCHER, loadSeconds: 120 }, compute: GPU },
  "tensorflow-serving": { runtime: { kind: "tensorflow-serving", fetcher: FETCHER } },
  openvino: { runtime: { kind: "openvino", fetcher: FETCHER } },
  vllm: { runtime: { kind: "vllm", fetcher: FETCHER, loadSeconds: 900, maxTokens: 8_192 }, compute: GPU },
  custom: {
    runtime: {
      kind: "custom",
      fetcher: FETCHER,
      port: 9_000,
      readyPath: "/ready",
      livePath: "/live",
      metricsPath: "/stats",
      path: "/score",
      command: ["serve", "/models"],
      variables: { THREADS: "2" },
    },
  },
};
const KINDS = Object.keys(RUNTIMES) as Runtime["kind"][];
const PUBLISHED = KINDS.filter((kind) => kind !== "image");

const graphOf = (kind: Runtime["kind"]): Promise<Recorded[]> =>
  serving({ ...RUN[kind], model: { ...minimal.model, image: SERVER } });

const specOf = (graph: readonly Recorded[], name: string) => named(graph, name).inputs["spec"];

describe.each(KINDS)("a model on %s", (kind) => {
  it("declares custom resources that their CRDs accept", async () => {
    const custom = (await graphOf(kind)).filter(({ inputs }) => hasSchema(inputs));
    expect(custom.length).toBe(7);
    for (const { inputs } of custom) {
      expect(() => validate(inputs)).not.toThrow();
    }
  });

  it("fetches and verifies its files before the server starts, and the server can only read them", async () => {
    const { initContainers, containers, volumes } = specOf(await graphOf(kind), "fraud-rollout").template.spec;
    const [[fetch], [server]] = [initContainers, containers];
    expect(fetch).toMatchObject({ image: kind === "image" ? SERVER : FETCHER, command: ["/usr/local/bin/fetch-model"] });
    expect(server.image).toBe(SERVER);
    expect(fetch.volumeMounts).toContainEqual({ name: "model", mountPath: "/models" });
    expect(server.volumeMounts).toContainEqual({ name: "model", mountPath: "/models", readOnly: true });
    const mounted = [...fetch.volumeMounts, ...server.volumeMounts].map(({ name }: { name: string }) => name);
    expect([...new Set(mounted)].sort()).toEqual(volumes.map(({ name }: { name: string }) => name).sort());
  });

  it("is probed, scraped and reached at ports that its server has", async () => {
    const graph = await graphOf(kind);
    const [server] = specOf(graph, "fraud-rollout").template.spec.containers;
    const ports = new Map<string, number>(server.ports.map(({ name, containerPort }: any) => [name, containerPort]));
    const [scraped] = specOf(graph, "fraud-monitor").podMetricsEndpoints;
    const [gateway, monitoring] = specOf(graph, "fraud-reach").ingress.map(({ ports: [{ port }] }: any) => port);
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
      expect(server[probe].httpGet.port).toBe("http");
    }
    expect(gateway).toBe(ports.get("http"));
    expect(monitoring).toBe(ports.get(scraped.port));
  });
});

describe("each server is told what it serves", () => {
  it.each([
    [
      "triton",
      "/v2/health/ready",
      ["tritonserver", "--model-repository=/models", "--model-control-mode=none", "--exit-timeout-secs=10"],
    ],
    [
      "tensorflow-serving",
      "/v1/models/fraud",
      ["--model_name=fraud", "--model_base_path=/models", "--rest_api_timeout_in_ms=10000"],
    ],
    ["openvino", "/v2/health/ready", ["--model_name=fraud", "--model_path=/models", "--metrics_enable"]],
    ["vllm", "/health", ["/models", "--served-model-name=fraud", "--tensor-parallel-size=2", "--max-model-len=8192"]],
    ["custom", "/ready", ["serve", "/models"]],
  ] as const)("%s", async (kind, ready, words) => {
    const [server] = specOf(await graphOf(kind), "fraud-rollout").template.spec.containers;
    expect([...(server.command ?? []), ...(server.args ?? [])]).toEqual(expect.arrayContaining([...words]));
    expect(server.readinessProbe.httpGet.path).toBe(ready);
  });
});

it("a server listens where its pod says", async () => {
  for (const kind of PUBLISHED.filter((each) => each !== "custom")) {
    const [server] = specOf(await graphOf(kind), "fraud-rollout").template.spec.containers;
    const words = [...(server.command ?? []), ...(server.args ?? [])].join(" ");
    for (const { containerPort } of server.ports) {
      expect(words, kind).toMatch(new RegExp(`port=${containerPort}\\b`));
    }
  }
});

it("users reach the paths of the runtime, or those that the exposure names", async () => {
  const pathOf = async (change: Change): Promise<unknown> => specOf(await serving(change), "fraud-root").http[0].match[0].uri;
  expect(await pathOf(RUN.triton)).toEqual({ exact: "/v2/models/fraud" });
  expect(await pathOf(RUN.vllm)).toEqual({ exact: "/v1" });
  expect(await pathOf({ ...RUN.vllm, exposure: { ...minimal.exposure, path: "/llm" } })).toEqual({ exact: "/llm" });
});

it("a server that needs shared memory has it, counted as memory", async () => {
  const { containers, volumes } = specOf(await graphOf("vllm"), "fraud-rollout").template.spec;
  expect(volumes).toContainEqual({ name: "shared-memory", emptyDir: { medium: "Memory", sizeLimit: "2Gi" } });
  expect(containers[0].volumeMounts).toContainEqual({ name: "shared-memory", mountPath: "/dev/shm" });
});

it("a slow start is waited for, and no longer than half as long again", async () => {
  const [server] = specOf(await graphOf("vllm"), "fraud-rollout").template.spec.containers;
  expect(server.startupProbe.periodSeconds * server.startupProbe.failureThreshold).toBe(1_350);
  expect(specOf(await graphOf("vllm"), "fraud-rollout").progressDeadlineSeconds).toBe(1_920);
});

describe("refused is", () => {
  it.each<[Change, string]>([
    [
      { runtime: { kind: "vllm", fetcher: FETCHER } },
      "'compute.kind' must be gpu, on which alone the runtime 'vllm' runs, got 'cpu'",
    ],
    [
      { runtime: { kind: "openvino", fetcher: FETCHER }, compute: GPU },
      "'compute.kind' must be cpu, on which alone the runtime 'openvino' runs, got 'gpu'",
    ],
    [
      { runtime: { kind: "openvino", fetcher: FETCHER, maxTokens: 1 } as never },
      "'runtime.maxTokens' must be a known key (kind, loadSeconds, fetcher), got '1'",
    ],
    [
      { runtime: { kind: "triton" } as never },
      "'runtime.fetcher' must be an image by digest, <repository>@sha256:<64 hexadecimal digits>, got 'undefined'",
    ],
    [
      { runtime: { kind: "triton", fetcher: "model-server:latest" } },
      "'runtime.fetcher' must be an image by digest, <repository>@sha256:<64 hexadecimal digits>, got 'model-server:latest'",
    ],
    [
      { ...RUN.vllm, runtime: { kind: "vllm", fetcher: FETCHER, maxTokens: 0 } },
      "'runtime.maxTokens' must be a whole number of at least 1, got '0'",
    ],
    [{ runtime: { ...RUN.custom.runtime, port: 80 } }, "'runtime.port' must be a whole number from 1024 to 65535, got '80'"],
    [
      { runtime: { ...RUN.custom.runtime, readyPath: "ready" } },
      "'runtime.readyPath' must be a path such as /healthz, got 'ready'",
    ],
    [{ runtime: { ...RUN.custom.runtime, command: [] } }, "'runtime.command' must be a list of at least 1, got an empty list"],
  ])("%j", async (change, message) => {
    expect(await refusal(() => new ModelServing("fraud", changed(change)))).toBe(message);
  });
});
