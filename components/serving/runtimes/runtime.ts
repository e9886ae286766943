import type * as pulumi from "@pulumi/pulumi";
import { byKind, closed } from "../../shape.ts";
import { check } from "../../validation.ts";
import type { Compute } from "../compute.ts";
import type { ContractArgs, Renamed, RuntimeKind, ServerContract } from "./contract.ts";
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

/** The shape of each runtime, with some of it taken out. */
const shapes = (part: (shape: Record<string, unknown>) => object): never =>
  Object.fromEntries(Object.entries(RUNTIMES).map(([kind, { shape }]) => [kind, part(shape as never)])) as never;

/** Closed: an argument of another runtime would change nothing, and look as if it did. */
export const runtime = closed(
  byKind<Runtime, "kind">(
    "kind",
    shapes((shape) => shape),
  ),
);

/** What a team says of the program that serves its model: a release brings the images, and the environment the time. */
export type DeclaredRuntime = OfEach<Runtime>;
type OfEach<R> = R extends Runtime ? Omit<R, "fetcher" | "loadSeconds"> : never;

/** Closed, as {@link runtime} is, without what the release and the environment bring. */
export const declaredRuntime = closed(
  byKind<DeclaredRuntime, "kind">(
    "kind",
    shapes((shape) => {
      const { fetcher: _, loadSeconds: __, ...own } = shape;
      return own;
    }),
  ),
);

/** The same before a release has brought the images: its paths and methods do not depend on them. */
export const declaredContract = (runtime: DeclaredRuntime, model: Pick<ContractArgs, "name" | "grpc">): ServerContract =>
  contractOf({ fetcher: "", ...runtime } as Runtime, { ...ANY, ...model });

/** What the platform and the program agree on. */
export const contractOf = (runtime: Runtime, model: ContractArgs): ServerContract =>
  (RUNTIMES[runtime.kind] as RuntimeKind<Runtime>).contract(runtime, model);

/** What a runtime can run on alone. @default - on both */
export const RUNS_ON: Partial<Record<Runtime["kind"], Compute["kind"]>> = { openvino: "cpu", vllm: "gpu" };

/** Whether its servers say something that all runtimes call by one name. */
export function says(runtime: Runtime, series: Renamed["to"]): boolean {
  const { renamed } = contractOf(runtime, ANY).metrics;
  return renamed === undefined || renamed.some(({ to }) => to === series);
}

const ANY: ContractArgs = { name: "any", timeoutSeconds: 1, gpus: 1, grpc: false };

/** Programs whose answers say which version gave them, and that count what they predict (docs/model-server.md). */
export const isOurs = ({ kind }: Pick<Runtime, "kind">): boolean => kind === "image" || kind === "custom";

/** @throws {pulumi.ResourceError} when the runtime cannot run on what it is given. */
export function checkRuntime(runtime: Runtime, compute: Compute, on: pulumi.Resource): void {
  const alone = RUNS_ON[runtime.kind];
  check.that(
    alone === undefined || compute.kind === alone,
    "compute.kind",
    `${alone}, on which alone the runtime '${runtime.kind}' runs`,
    compute.kind,
    on,
  );
}
