import { optional, wholeNumber } from "../../shape.ts";
import { MODEL_FOLDER, type RuntimeKind } from "./contract.ts";
import { type Fetched, fetched } from "./fetched.ts";

/** vLLM: a language model with OpenAI's routes below `/v1`, on GPUs alone. The files of a version are a folder of Hugging Face. */
export interface VllmRuntime extends Fetched {
  kind: "vllm";

  /** Most tokens of a request, question and answer together; what does not fit the GPUs' memory ends the server at its start. @default - the model's own */
  maxTokens?: number;
}

const PORT = 8000;

export const vllm: RuntimeKind<VllmRuntime> = {
  shape: { ...fetched, maxTokens: optional(wholeNumber({ min: 1 })) },
  contract: ({ fetcher, maxTokens }, { name, gpus }) => ({
    port: PORT,
    // The port is open only when the weights are loaded and the engine has run.
    health: { ready: "/health", live: "/health" },
    metrics: {
      path: "/metrics",
      renamed: [
        { from: "vllm:request_success_total", to: "model_requests_total", labels: { code: "2xx" } },
        { from: "vllm:num_requests_running", to: "model_requests_in_flight", labels: { state: "running" } },
        { from: "vllm:num_requests_waiting", to: "model_requests_in_flight", labels: { state: "waiting" } },
      ],
    },
    path: "/v1",
    fetcher,
    command: [
      "vllm",
      "serve",
      MODEL_FOLDER,
      `--served-model-name=${name}`,
      "--host=0.0.0.0",
      `--port=${PORT}`,
      `--tensor-parallel-size=${gpus}`,
      ...(maxTokens === undefined ? [] : [`--max-model-len=${maxTokens}`]),
    ],
    variables: {
      // What it serves was fetched and verified: it asks nobody for more, and tells nobody that it runs.
      HF_HUB_OFFLINE: "1",
      VLLM_NO_USAGE_STATS: "1",
      // Its user has no name and no home; what it compiles goes where it may write.
      USER: "model",
      HOME: "/tmp",
      VLLM_CACHE_ROOT: "/tmp/vllm",
      TORCHINDUCTOR_CACHE_DIR: "/tmp/inductor",
      TRITON_CACHE_DIR: "/tmp/triton",
    },
    // The processes of several GPUs talk through it.
    sharedMemory: "2Gi",
  }),
};
