import { gunzipSync } from "node:zlib";
import { jsonOf } from "#stacks/inputs/json-fault";

/** A resource of a checkpoint, as far as it is read here. */
export interface StateResource {
  urn: string;
  type: string;
  custom?: boolean;
  id?: string;
  /** Whether only its deletion is left, after a replacement. */
  delete?: boolean;
  parent?: string;
  /** `<urn>::<id>` of its provider. */
  provider?: string;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[] | null> | null;
  deletedWith?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** An operation that a killed engine has begun. */
export interface PendingOperation {
  type: string;
  resource: StateResource;
}

/** What Pulumi knows of a stack. */
export interface Deployment {
  manifest?: { time?: string; magic?: string; version?: string };
  secrets_providers?: { type?: string };
  resources?: StateResource[];
  pending_operations?: PendingOperation[];
}

/** The file that a backend keeps of a stack. */
export interface Checkpoint {
  version?: number;
  checkpoint?: { stack?: string; latest?: Deployment | null };
}

/** Reads a checkpoint, compressed or not. @throws {SyntaxError} saying what it is in place of JSON. */
export function parseCheckpoint(content: Buffer): Checkpoint {
  if (content.length === 0) {
    throw new SyntaxError("it is empty");
  }
  const text = isCompressed(content) ? gunzipSync(content).toString() : content.toString();
  try {
    return jsonOf(text) as Checkpoint;
  } catch (error) {
    throw new SyntaxError(`it must be JSON, got ${(error as Error).message}`);
  }
}

export const isCompressed = (content: Buffer): boolean => content[0] === 0x1f && content[1] === 0x8b;
