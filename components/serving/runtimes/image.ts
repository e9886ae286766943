import { OPEN_INFERENCE_METHODS, type RuntimeKind } from "./contract.ts";
import { type Loaded, loaded } from "./fetched.ts";

/** A model server image that keeps the contract of docs/model-server.md; the release names it, by digest. It fetches for itself. */
export interface ImageRuntime extends Loaded {
  kind: "image";
}

/** Path below which it predicts: MLflow's. */
export const PATH = "/invocations";
const PORT = 8080;
const GRPC_PORT = 8081;

export const image: RuntimeKind<ImageRuntime> = {
  shape: loaded,
  contract: (_, { timeoutSeconds, grpc }) => ({
    port: PORT,
    ...(grpc && { grpc: { port: GRPC_PORT, methods: OPEN_INFERENCE_METHODS } }),
    health: { ready: "/ping", live: "/ping" },
    metrics: { path: "/metrics" },
    path: PATH,
    // The gateway gives up after the same time: an answer that comes later has nobody who waits for it.
    variables: {
      PORT: String(PORT),
      ...(grpc && { GRPC_PORT: String(GRPC_PORT) }),
      REQUEST_SECONDS: String(timeoutSeconds),
    },
  }),
};
