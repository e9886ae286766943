import { MODEL_FOLDER, OPEN_INFERENCE_METHODS, openInference, type RuntimeKind } from "./contract.ts";
import { type Fetched, fetched } from "./fetched.ts";

/**
 * NVIDIA Triton: TensorRT, ONNX, PyTorch, TensorFlow and Python models, on GPUs or CPUs. The files of a version are a model repository,
 * `<model>/config.pbtxt` and `<model>/1/…`. Its first answers are as quick as the later ones where the configuration has a `model_warmup`.
 */
export interface TritonRuntime extends Fetched {
  kind: "triton";
}

const PORTS = { http: 8000, grpc: 8001, metrics: 8002 };

/** Triton's own: a stream of requests and of answers, for models that answer more than once. */
const STREAM = "inference.GRPCInferenceService/ModelStreamInfer";

export const triton: RuntimeKind<TritonRuntime> = {
  shape: fetched,
  contract: ({ fetcher }, { name, timeoutSeconds, grpc }) => ({
    port: PORTS.http,
    ...(grpc && { grpc: { port: PORTS.grpc, methods: [...OPEN_INFERENCE_METHODS, STREAM] } }),
    ...openInference(name),
    metrics: {
      port: PORTS.metrics,
      path: "/metrics",
      renamed: [
        { from: "nv_inference_request_success", to: "model_requests_total", labels: { code: "2xx" } },
        { from: "nv_inference_request_failure", to: "model_requests_total", labels: { code: "5xx" } },
        { from: "nv_inference_pending_request_count", to: "model_requests_in_flight" },
      ],
    },
    fetcher,
    command: [
      "tritonserver",
      `--model-repository=${MODEL_FOLDER}`,
      // One version for the life of a pod: a release decides what it serves.
      "--model-control-mode=none",
      "--strict-readiness=true",
      "--exit-on-error=true",
      `--exit-timeout-secs=${timeoutSeconds}`,
      `--http-port=${PORTS.http}`,
      `--grpc-port=${PORTS.grpc}`,
      `--metrics-port=${PORTS.metrics}`,
    ],
    variables: { HOME: "/tmp" },
    // Its Python backend hands tensors over in it.
    sharedMemory: "1Gi",
  }),
};
