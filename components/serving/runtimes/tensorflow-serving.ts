import { MODEL_FOLDER, type RuntimeKind } from "./contract.ts";
import { type Fetched, fetched } from "./fetched.ts";

/** TensorFlow Serving: SavedModels, on GPUs or CPUs. The files of a version are `1/saved_model.pb` and what belongs to it. */
export interface TensorFlowServingRuntime extends Fetched {
  kind: "tensorflow-serving";
}

const PORTS = { grpc: 8500, http: 8501 };

/** Its metrics are off without a file that asks for them; the shell of its image writes it. */
const MONITORING = { file: "/tmp/monitoring.config", path: "/monitoring/prometheus/metrics" };

/** Of its services the one that predicts: the other one changes what is served. */
const METHODS = ["Predict", "Classify", "Regress", "MultiInference", "GetModelMetadata"].map(
  (method) => `tensorflow.serving.PredictionService/${method}`,
);

export const tensorFlowServing: RuntimeKind<TensorFlowServingRuntime> = {
  shape: fetched,
  contract: ({ fetcher }, { name, timeoutSeconds, grpc }) => ({
    port: PORTS.http,
    ...(grpc && { grpc: { port: PORTS.grpc, methods: METHODS } }),
    health: { ready: `/v1/models/${name}`, live: `/v1/models/${name}` },
    metrics: { path: MONITORING.path, renamed: [{ from: ":tensorflow:serving:request_count", to: "model_requests_total" }] },
    path: `/v1/models/${name}`,
    fetcher,
    command: [
      "/bin/sh",
      "-c",
      `printf '%s' "$1" > ${MONITORING.file} && shift && exec tensorflow_model_server "$@"`,
      "sh",
      `prometheus_config { enable: true path: "${MONITORING.path}" }`,
      `--model_name=${name}`,
      `--model_base_path=${MODEL_FOLDER}`,
      // One version for the life of a pod: nothing else will ever lie there.
      "--file_system_poll_wait_seconds=0",
      `--port=${PORTS.grpc}`,
      `--rest_api_port=${PORTS.http}`,
      `--rest_api_timeout_in_ms=${timeoutSeconds * 1_000}`,
      `--monitoring_config_file=${MONITORING.file}`,
    ],
    variables: {},
  }),
};
