import { type Fault, unless } from "../../findings.ts";
import { flag, isSet, shown } from "../../read.ts";
import type { Resource } from "../../resource.ts";

/** A table of DynamoDB. */
export const TABLE = "aws:dynamodb/table:Table";

/** A replica shares the storage key and the backups of its source and leaves no snapshot, so the rules apply to the source. */
export const isReplica = ({ inputs }: Resource): boolean =>
  isSet(inputs, "replicateSourceDb") || isSet(inputs, "replicationSourceIdentifier");

/** Arguments that make a database from another one, which then also sets its subnets and its master password. */
const ORIGINS = ["replicateSourceDb", "replicationSourceIdentifier", "snapshotIdentifier", "restoreToPointInTime"];

export const isCopy = ({ inputs }: Resource): boolean => ORIGINS.some((origin) => isSet(inputs, origin));

/** The fault of one property, unless its value is right. A missing value is judged too. */
export function wrong(resource: Resource, property: string, isRight: (value: unknown) => boolean, want: string): Fault[] {
  const value = resource.inputs[property];
  return unless(isRight(value), { resource, property, got: shown(value), want });
}

/** Whether a value is true, as providers read it. */
export const isTrue = (value: unknown): boolean => flag(value) === true;

/** Whether a value is false in so many words. */
export const isFalse = (value: unknown): boolean => flag(value) === false;
