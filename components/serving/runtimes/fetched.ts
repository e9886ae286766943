import type * as pulumi from "@pulumi/pulumi";
import { input, matching, optional, type Shape, wholeNumber } from "../../shape.ts";

/** An image by digest. */
export const imageByDigest = input(
  matching(/^[^\s@]+@sha256:[0-9a-f]{64}$/, "an image by digest, <repository>@sha256:<64 hexadecimal digits>"),
);

/** What all runtimes have in common. */
export interface Loaded {
  /** Longest time that the model takes to load, download included, seconds. @default 300 */
  loadSeconds?: number;
}

export const loaded: Shape<Loaded> = { loadSeconds: optional(wholeNumber({ min: 1 })) };

/** A runtime whose image is its publisher's: another image fetches and verifies the model's files before it starts. */
export interface Fetched extends Loaded {
  /** Image with `/usr/local/bin/fetch-model`, by digest: the default model server's. */
  fetcher: pulumi.Input<string>;
}

export const fetched: Shape<Fetched> = { ...loaded, fetcher: imageByDigest };
