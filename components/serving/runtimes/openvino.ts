import { MODEL_FOLDER, OPEN_INFERENCE_METHODS, openInference, type RuntimeKind } from "./contract.ts";
import { type Fetched, fetched } from "./fetched.ts";

/** OpenVINO Model Server: ONNX and OpenVINO models on CPUs. The files of a version are `1/model.onnx`, or `1/model.xml` and `1/model.bin`. */
export interface OpenVinoRuntime extends Fetched {
  kind: "openvino";
}

const PORTS = { http: 8000, grpc: 9000 };

export const openVino: RuntimeKind<OpenVinoRuntime> = {
  shape: fetched,
  contract: ({ fetcher }, { name, grpc }) => ({
    port: PORTS.http,
    ...(grpc && { grpc: { port: PORTS.grpc, methods: OPEN_INFERENCE_METHODS } }),
    ...openInference(name),
    metrics: {
      path: "/metrics",
      renamed: [
        { from: "ovms_requests_success", to: "model_requests_total", labels: { code: "2xx" } },
        { from: "ovms_requests_fail", to: "model_requests_total", labels: { code: "5xx" } },
        { from: "ovms_current_requests", to: "model_requests_in_flight" },
      ],
    },
    fetcher,
    args: [
      `--model_name=${name}`,
      `--model_path=${MODEL_FOLDER}`,
      `--port=${PORTS.grpc}`,
      `--rest_port=${PORTS.http}`,
      "--target_device=CPU",
      "--file_system_poll_wait_seconds=0",
      "--metrics_enable",
    ],
    variables: {},
  }),
};
