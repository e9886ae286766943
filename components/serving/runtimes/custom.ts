import { anyText, fields, listOf, mapOf, matching, optional, wholeNumber } from "../../shape.ts";
import type { GrpcContract, RuntimeKind } from "./contract.ts";
import { type Fetched, fetched } from "./fetched.ts";

/** Any other server. It finds the model's files in `/models`, runs as user 10001, and can write to `/tmp` alone. */
export interface CustomRuntime extends Fetched {
  kind: "custom";

  /** Port of predictions, health and metrics. */
  port: number;

  /** Path that answers 200 once the model can predict. */
  readyPath: string;

  /** Path that answers 200 for as long as the server need not be started again. @default - `readyPath` */
  livePath?: string;

  /** Path of its metrics, in Prometheus' text format. @default "/metrics" */
  metricsPath?: string;

  /** Path below which it predicts. */
  path: string;

  /**
   * Its gRPC: a port of its own, and the methods that callers may use. Headers must come with the answer and not before it: the gateway learns
   * nothing of a call that ends after its headers and without a status. @default - it speaks none
   */
  grpc?: GrpcContract;

  /** What runs in its image. @default - the image's entry point */
  command?: readonly string[];

  /** Its variables. No secret: they stand in the pod. @default - those that name the model */
  variables?: Readonly<Record<string, string>>;
}

const path = matching(/^\/[\w./-]*$/, "a path such as /healthz");

const method = matching(
  /^([A-Za-z_]\w*\.)*[A-Za-z_]\w*\/[A-Za-z_]\w*$/,
  "a method of gRPC by its whole name, such as inference.GRPCInferenceService/ModelInfer",
);
const port = wholeNumber({ min: 1_024, max: 65_535 });

export const custom: RuntimeKind<CustomRuntime> = {
  shape: {
    ...fetched,
    port,
    grpc: optional(fields<GrpcContract>({ port, methods: listOf(method, 1) })),
    readyPath: path,
    livePath: optional(path),
    metricsPath: optional(path),
    path,
    command: optional(listOf(anyText, 1)),
    variables: optional(mapOf(anyText)),
  },
  contract: (
    { fetcher, port, readyPath, livePath = readyPath, metricsPath = "/metrics", path, command, variables = {}, ...rest },
    { grpc },
  ) => ({
    port,
    ...(grpc && rest.grpc && { grpc: rest.grpc }),
    health: { ready: readyPath, live: livePath },
    metrics: { path: metricsPath },
    path,
    fetcher,
    ...(command && { command }),
    variables,
  }),
};
