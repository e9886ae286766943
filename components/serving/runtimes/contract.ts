import type * as pulumi from "@pulumi/pulumi";
import type { Shape } from "../../shape.ts";

/** What a runtime is told about the model that it serves. */
export interface ContractArgs {
  name: string;
  /** Longest time that a request may take, seconds. */
  timeoutSeconds: number;
  /** Whole GPUs of one server. */
  gpus: number;
  /** Whether it is asked by gRPC too. */
  grpc: boolean;
}

/** What the platform and the program of one runtime agree on. */
export interface ServerContract {
  /** Port of predictions and health. */
  port: number;

  /** Paths that answer 200: `ready` once the model can predict, `live` for as long as the program need not be started again. */
  health: { ready: string; live: string };

  /** Where its metrics are, in Prometheus' text format. */
  metrics: Metrics;

  /** Path below which it predicts. */
  path: string;

  /** What answers gRPC. @default - the runtime speaks none, or is not asked by it */
  grpc?: GrpcContract;

  /** Image with `fetch-model`, by digest. @default - the server's own image has it */
  fetcher?: pulumi.Input<string>;

  /** What runs in the server's image. @default - its entry point */
  command?: readonly string[];

  /** What its entry point is told. @default - nothing */
  args?: readonly string[];

  /** Variables of the server beside those that name the model. */
  variables: Readonly<Record<string, string>>;

  /** Size of `/dev/shm`. @default - the 64 MiB of every container */
  sharedMemory?: string;
}

/** gRPC of a server. */
export interface GrpcContract {
  port: number;
  /** Methods that callers may use, `<package>.<service>/<method>`: what predicts and describes the model, and nothing that changes the server. */
  methods: readonly string[];
}

/** Metrics of a server. */
export interface Metrics {
  /** @default - the port of predictions */
  port?: number;
  path: string;
  /** How its own names become those of docs/model-server.md, which alerts and autoscaling know. @default - it has these names */
  renamed?: readonly Renamed[];
}

/** A series of a server, by the name and label that all runtimes have in common. */
export interface Renamed {
  /** Its own name. */
  from: string;
  to: "model_requests_total" | "model_requests_in_flight";
  /** Labels that tell it from others of this name. @default - those that it has already */
  labels?: { code: "2xx" | "5xx" } | { state: "running" | "waiting" };
}

/** One kind of runtime. */
export interface RuntimeKind<R> {
  shape: Shape<Omit<R, "kind">>;
  contract(runtime: R, model: ContractArgs): ServerContract;
}

/** Where a server of the Open Inference Protocol answers. */
export const openInference = (model: string): Pick<ServerContract, "health" | "path"> => ({
  health: { ready: "/v2/health/ready", live: "/v2/health/live" },
  path: `/v2/models/${model}`,
});

/**
 * Methods of the Open Inference Protocol. A server's own ones beside them are left out: they load models, register memory, or write traces
 * where the caller says.
 */
export const OPEN_INFERENCE_METHODS: readonly string[] = [
  "ServerLive",
  "ServerReady",
  "ServerMetadata",
  "ModelReady",
  "ModelMetadata",
  "ModelInfer",
].map((method) => `inference.GRPCInferenceService/${method}`);

/** User and group of the model server images. */
export const SERVER_USER = 10_001;

/** Gateways go on sending for a moment after a pod has begun to leave. */
export const DRAIN_SECONDS = 10;

/** Folder of the model's files, writable while they are fetched. */
export const MODEL_FOLDER = "/models";
