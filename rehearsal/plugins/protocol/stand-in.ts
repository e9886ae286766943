// A provider in a few functions: what a stand-in has to say, free of the wire protocol.

import type { Bag, Failure } from "#engine/values";
import type { Comparison } from "./messages.ts";

/** Which resource a call is about. */
export interface Subject {
  readonly urn: string;

  /** Type token, such as `aws:s3/bucket:Bucket`. */
  readonly type: string;

  /** Name of the resource in the program. */
  readonly name: string;
}

/** A resource as it was before this operation. */
export interface Old {
  readonly id: string;
  readonly inputs: Bag;
  readonly outputs: Bag;
}

/** What the state file keeps of a resource. */
export interface Stored {
  readonly id: string;
  readonly outputs: Bag;
}

/** The inputs as they will be used, and what is wrong with them. */
export interface Checked {
  readonly inputs: Bag;

  /** One entry a problem; any entry stops the resource before it is touched. @default - none */
  readonly failures?: readonly Failure[];
}

/** A provider that stands in for the real one. Property values may be secret or unknown: see engine/values.ts. */
export interface StandIn {
  /** Version of the package it stands in for. */
  readonly version: string;
  configure?(settings: Bag): void;

  /** @param seed for invented names: the same in a preview and in the update that follows it. */
  check?(subject: Subject, inputs: Bag, old: Bag, seed: Uint8Array): Checked | Promise<Checked>;

  /** @default - inputs that differ, none of which replaces */
  compare?(subject: Subject, old: Old, inputs: Bag): Comparison | Promise<Comparison>;

  /** @param how `preview`: only say what would happen. */
  create(subject: Subject, inputs: Bag, how: { readonly preview: boolean }): Stored | Promise<Stored>;
  /** @param how `preview`: only say what would happen. */
  update(subject: Subject, old: Old, inputs: Bag, how: { readonly preview: boolean }): Stored | Promise<Stored>;
  delete?(subject: Subject, old: Omit<Old, "inputs">): void | Promise<void>;
  invoke?(token: string, args: Bag): Bag | Promise<Bag>;
}
