import type { Compute } from "../compute.ts";
import type { ServerContract } from "./contract.ts";
import { IMAGE_CONTRACT, type ImageRuntime } from "./image.ts";

/**
 * The program that serves a model, and what it runs on. A runtime of another kind adds a member to the union, with the compute that
 * suits it: then a runtime that needs GPUs cannot be written without them.
 */
export interface Served {
  /** Program that serves the model. @default { kind: "image" } */
  runtime?: ImageRuntime;

  /** What one model server runs on. @default { kind: "cpu" } */
  compute?: Compute;
}

/** The contract of each runtime. */
export const CONTRACTS: Readonly<Record<NonNullable<Served["runtime"]>["kind"], ServerContract>> = { image: IMAGE_CONTRACT };
