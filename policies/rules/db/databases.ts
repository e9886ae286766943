import { type Fault, unless } from "../../findings.ts";
import { isSet, shown } from "../../read.ts";
import type { Resource } from "../../resource.ts";

/** A replica has the storage key and the backups of what it copies, and leaves no snapshot: its source is held to the rules. */
export const isReplica = ({ inputs }: Resource): boolean =>
  isSet(inputs, "replicateSourceDb") || isSet(inputs, "replicationSourceIdentifier");

/** What a database brings along from where it comes: its subnets and its master password among it. */
const ORIGINS = ["replicateSourceDb", "replicationSourceIdentifier", "snapshotIdentifier", "restoreToPointInTime"];

export const isCopy = ({ inputs }: Resource): boolean => ORIGINS.some((origin) => isSet(inputs, origin));

/** The fault of one property, unless its value is right; what nobody sets is judged too. */
export function wrong(resource: Resource, property: string, isRight: (value: unknown) => boolean, want: string): Fault[] {
  const value = resource.inputs[property];
  return unless(isRight(value), { resource, property, got: shown(value), want });
}

/** Whether a value is true, as providers read it. */
export const isTrue = (value: unknown): boolean => value === true || value === "true";
