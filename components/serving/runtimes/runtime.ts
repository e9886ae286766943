import type * as pulumi from "@pulumi/pulumi";
import { byKind, closed } from "../../shape.ts";
import { check } from "../../validation.ts";
import type { Compute } from "../compute.ts";
import type { ContractArgs, RuntimeKind, ServerContract } from "./contract.ts";
import { type CustomRuntime, custom } from "./custom.ts";
import { type ImageRuntime, image } from "./image.ts";
import { type OpenVinoRuntime, openVino } from "./openvino.ts";
import { type TensorFlowServingRuntime, tensorFlowServing } from "./tensorflow-serving.ts";
import { type TritonRuntime, triton } from "./triton.ts";
import { type VllmRuntime, vllm } from "./vllm.ts";

/** The program that serves a model. A runtime of another kind adds a member to the union, and its contract to {@link RUNTIMES}. */
export type Runtime = ImageRuntime | TritonRuntime | TensorFlowServingRuntime | OpenVinoRuntime | VllmRuntime | CustomRuntime;

type On<K extends Compute["kind"]> = Extract<Compute, { kind: K }>;

/**
 * The program that serves a model, and what it runs on: a runtime that needs GPUs cannot be written without them, and one that speaks no gRPC
 * cannot be written with it.
 */
export type Served =
  | {
      /** Program that serves the model. @default { kind: "image" } */
      runtime?: Exclude<Runtime, { kind: "openvino" | "vllm" }>;
      /** What one model server runs on. @default { kind: "cpu" } */
      compute?: Compute;
    }
  | { runtime: OpenVinoRuntime; compute?: On<"cpu"> }
  | { runtime: VllmRuntime; compute: On<"gpu">; exposure: { grpc?: false } };

export const RUNTIMES: { readonly [K in Runtime["kind"]]: RuntimeKind<Extract<Runtime, { kind: K }>> } = {
  image,
  triton,
  "tensorflow-serving": tensorFlowServing,
  openvino: openVino,
  vllm,
  custom,
};

/** Closed: an argument of another runtime would change nothing, and look as if it did. */
export const runtime = closed(
  byKind<Runtime, "kind">("kind", {
    image: image.shape,
    triton: triton.shape,
    "tensorflow-serving": tensorFlowServing.shape,
    openvino: openVino.shape,
    vllm: vllm.shape,
    custom: custom.shape,
  }),
);

/** What the platform and the program agree on. */
export const contractOf = (runtime: Runtime, model: ContractArgs): ServerContract =>
  (RUNTIMES[runtime.kind] as RuntimeKind<Runtime>).contract(runtime, model);

/** What a runtime can run on alone. @default - on both */
const ALONE: Partial<Record<Runtime["kind"], Compute["kind"]>> = { openvino: "cpu", vllm: "gpu" };

/** @throws {pulumi.ResourceError} when the runtime cannot run on what it is given. */
export function checkRuntime(runtime: Runtime, compute: Compute, on: pulumi.Resource): void {
  const alone = ALONE[runtime.kind];
  check.that(
    alone === undefined || compute.kind === alone,
    "compute.kind",
    `${alone}, on which alone the runtime '${runtime.kind}' runs`,
    compute.kind,
    on,
  );
}
