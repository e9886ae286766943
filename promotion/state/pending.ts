import { nameOf } from "#engine/events";
import type { Deployment, PendingOperation } from "./checkpoint.ts";

/** An operation that was begun and not ended, in a line: `creating aws:rds/instance:Instance tracking`. */
export const pendingLine = ({ type, resource }: PendingOperation): string => `${type} ${resource.type} ${nameOf(resource.urn)}`;

/** What may have been made and that no state knows, because its creation was begun and nobody has seen its end. Kubernetes objects are taken over. */
export const mayExist = ({ pending_operations: pending = [] }: Deployment): PendingOperation[] =>
  pending.filter(({ type, resource }) => type === "creating" && !resource.type.startsWith("kubernetes:"));
