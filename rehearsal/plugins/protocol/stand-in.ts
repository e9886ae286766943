// A provider in a few functions: what a stand-in has to say, free of the wire protocol.

import type { Bag, Failure } from "#engine/values";
import type { Build } from "./component.ts";
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

  /** Set when the object exists but did not become ready: the engine keeps it and reports the reasons. */
  readonly notReady?: readonly string[];
}

/** The inputs as they will be used, and what is wrong with them. */
export interface Checked {
  readonly inputs: Bag;

  /** One entry a problem; any entry stops the resource before it is touched. @default - none */
  readonly failures?: readonly Failure[];
}

/** What the engine helps a provider with when it invents a name. */
export interface NamingHelp {
  /** The same in a preview and in the update that follows it. */
  readonly seed: Uint8Array;

  /** Name by the autonaming settings of the stack; empty without any. */
  readonly proposedName?: string;
}

/** How an operation is to be carried out. */
export interface Operation {
  /** Only say what would happen. */
  readonly preview: boolean;

  /** Time limit in seconds from `customTimeouts`; 0 leaves it to the provider. */
  readonly timeoutSeconds: number;

  /** Ends when the user interrupts the engine. */
  readonly signal: AbortSignal;
}

/** A provider that stands in for the real one. Property values may be secret or unknown: see engine/values.ts. */
export interface StandIn {
  /** Version of the package it stands in for. */
  readonly version: string;
  configure?(settings: Bag): void;
  check?(subject: Subject, inputs: Bag, old: Bag, help: NamingHelp): Checked | Promise<Checked>;

  /** @default - inputs that differ, none of which replaces */
  compare?(subject: Subject, old: Old, inputs: Bag): Comparison | Promise<Comparison>;
  create(subject: Subject, inputs: Bag, operation: Operation): Stored | Promise<Stored>;
  update(subject: Subject, old: Old, inputs: Bag, operation: Operation): Stored | Promise<Stored>;

  /** `undefined` means the object is gone. @default - the state is the truth */
  read?(subject: Subject, old: Old): Promise<{ inputs: Bag; outputs: Bag; id?: string } | undefined>;
  delete?(subject: Subject, old: Omit<Old, "inputs">, operation: Operation): void | Promise<void>;
  invoke?(token: string, args: Bag): Bag | Promise<Bag>;

  /** Builds a component whose children are declared here and not in the program. */
  construct?: Build;
}
