// Between the generated protocol messages and plain objects.

import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type { Bag, Change } from "#engine/values";
import { Struct } from "./protobuf.ts";

/** A generated message. Untyped: some of the generated files are plain JavaScript with irregular setter names. */
export type Message = any;

/** A `google.protobuf.Struct` as a plain object; an absent one is empty. */
export const bag = (value: Message): Bag => value?.toJavaScript() ?? {};

/** A plain object as a `google.protobuf.Struct`. The detour over JSON drops `undefined`, which a Struct cannot hold. */
export const pack = (value: Bag): Message => Struct.fromJavaScript(JSON.parse(JSON.stringify(value)));

/** Sets fields by name: `fill(message, { id })` calls `message.setId(id)`. */
export function fill(message: Message, fields: Record<string, unknown>): Message {
  for (const [field, value] of Object.entries(fields)) {
    message[`set${field[0]?.toUpperCase()}${field.slice(1)}`](value);
  }
  return message;
}

/** What a provider answers when asked how two versions of a resource differ. */
export interface Comparison {
  /** Every difference, by property path. */
  readonly changes: Map<string, Change>;

  /** Property paths that cannot change in place. @default - none */
  readonly replaces?: Iterable<string>;
}

/** A comparison as the engine reads it. */
export function diffResponse({ changes, replaces = [] }: Comparison): Message {
  const kinds: Message = messages.PropertyDiff.Kind;
  const forced = new Set(replaces);
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const response = fill(new messages.DiffResponse(), {
    changes: changes.size === 0 ? DIFF_NONE : DIFF_SOME,
    replacesList: [...forced],
    diffsList: [...changes.keys()],
    hasdetaileddiff: true,
  });
  for (const [path, change] of changes) {
    const kind = kinds[`${change.toUpperCase()}${forced.has(path) ? "_REPLACE" : ""}`];
    response.getDetaileddiffMap().set(path, fill(new messages.PropertyDiff(), { kind, inputdiff: true }));
  }
  return response;
}
