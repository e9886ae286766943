import { nameOf } from "#engine/events";
import type { Deployment, PendingOperation } from "./checkpoint.ts";

/** An operation that was begun and not ended, in a line: `creating aws:rds/instance:Instance tracking`. */
export const pendingLine = ({ type, resource }: PendingOperation): string => `${type} ${resource.type} ${nameOf(resource.urn)}`;

/** More would fill the screen. */
const SHOWN = 5;

/** The first of them, and how many there are. */
export const pendingText = (pending: readonly PendingOperation[]): string =>
  [...pending.slice(0, SHOWN).map(pendingLine), ...(pending.length > SHOWN ? [`and ${pending.length - SHOWN} more`] : [])].join(
    ", ",
  );

/** Kubernetes objects are taken over by their next creation, a component is nothing outside the state, and what `random` makes is nowhere but in the state. */
const MADE_AGAIN = /^(kubernetes|random|pulumi):/;

/** What may have been made and that no state knows, because its creation was begun and nobody has seen its end. */
export const mayExist = ({ pending_operations: pending = [] }: Deployment): PendingOperation[] =>
  pending.filter(({ type, resource }) => type === "creating" && resource.custom !== false && !MADE_AGAIN.test(resource.type));
