import type { RuntimeKind } from "./contract.ts";
import { type Loaded, loaded } from "./fetched.ts";

/** A model server image that keeps the contract of docs/model-server.md; the release names it, by digest. It fetches for itself. */
export interface ImageRuntime extends Loaded {
  kind: "image";
}

/** Path below which it predicts: MLflow's. */
export const PATH = "/invocations";
const PORT = 8080;

export const image: RuntimeKind<ImageRuntime> = {
  shape: loaded,
  contract: (_, { timeoutSeconds }) => ({
    port: PORT,
    health: { ready: "/ping", live: "/ping" },
    metrics: { path: "/metrics" },
    path: PATH,
    // The gateway gives up after the same time: an answer that comes later has nobody who waits for it.
    variables: { PORT: String(PORT), REQUEST_SECONDS: String(timeoutSeconds) },
  }),
};
