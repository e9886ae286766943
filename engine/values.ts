// Property bags as they travel between engine and provider: JSON, with two kinds of special value.
//
// A secret is an object that carries a signature; an unknown (a value that does not exist before
// the first `up`) is one fixed string. Both constants are part of the wire format.

import { specialSecretSig, specialSigKey, unknownValue } from "@pulumi/pulumi/runtime/rpc.js";

export const UNKNOWN = unknownValue;

export type Value = any;
export type Bag = Record<string, Value>;

/** What is wrong with one input. */
export interface Failure {
  /** Path of the input, such as `tags.Owner`. */
  readonly property: string;
  readonly reason: string;
}

const isBag = (value: Value): value is Bag => typeof value === "object" && value !== null && !Array.isArray(value);

export const isSecret = (value: Value): boolean => isBag(value) && value[specialSigKey] === specialSecretSig;

export const secret = (value: Value): Value => (isSecret(value) ? value : { [specialSigKey]: specialSecretSig, value });

function map(value: Value, each: (child: Value) => Value): Value {
  if (Array.isArray(value)) {
    return value.map(each);
  }
  return isBag(value) ? Object.fromEntries(Object.entries(value).map(([key, child]) => [key, each(child)])) : value;
}

/** The same value without secret wrappers: what is sent to a cloud or compared. */
export function reveal(value: Value): Value {
  return isSecret(value) ? reveal(value["value"]) : map(value, reveal);
}

export function containsUnknown(value: Value): boolean {
  if (Array.isArray(value)) {
    return value.some(containsUnknown);
  }
  return isBag(value) ? Object.values(value).some(containsUnknown) : value === UNKNOWN;
}

/** Marks as secret in `value` whatever is secret at the same place in `pattern`. */
export function restoreSecrets(value: Value, pattern: Value): Value {
  if (value === undefined || value === null) {
    return value;
  }
  if (isSecret(pattern)) {
    return secret(value);
  }
  if (Array.isArray(value) && Array.isArray(pattern)) {
    return value.map((child, index) => restoreSecrets(child, pattern[index]));
  }
  if (isBag(value) && isBag(pattern)) {
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, restoreSecrets(child, pattern[key])]));
  }
  return value;
}

/**
 * The inputs as they would have to be written to describe the live object: values that drifted are
 * taken over, all others keep their spelling (`1024Mi` stays, although the server says `1Gi`).
 * `expected` is the object the unchanged inputs would produce.
 */
export function adoptDrift(inputs: Value, live: Value, expected: Value): Value {
  if (isSecret(inputs)) {
    return secret(adoptDrift(inputs["value"], live, expected));
  }
  if (differences(live, expected).size === 0) {
    return inputs;
  }
  if (Array.isArray(inputs) && Array.isArray(live)) {
    return live.map((child, index) => (index in inputs ? adoptDrift(inputs[index], child, expected?.[index]) : child));
  }
  if (isBag(inputs) && isBag(live)) {
    const adopted = Object.entries(inputs).map(([key, child]) => [key, adoptDrift(child, live[key], expected?.[key])]);
    return Object.fromEntries(adopted.filter(([, child]) => child !== undefined));
  }
  return live;
}

export type Change = "add" | "delete" | "update";

/** Every leaf that differs, by property path, in the notation the CLI prints (`spec.ports[0].port`). */
export function differences(before: Value, after: Value, path = "", found = new Map<string, Change>()): Map<string, Change> {
  const [old, now] = [isSecret(before) ? before["value"] : before, isSecret(after) ? after["value"] : after];
  if (isBag(old) && isBag(now)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      differences(old[key], now[key], join(path, key), found);
    }
  } else if (Array.isArray(old) && Array.isArray(now)) {
    for (let index = 0; index < Math.max(old.length, now.length); index++) {
      differences(old[index], now[index], `${path}[${index}]`, found);
    }
  } else if ((old ?? undefined) !== (now ?? undefined)) {
    found.set(path, old == null ? "add" : now == null ? "delete" : "update");
  }
  return found;
}

function join(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) {
    return `${path}[${JSON.stringify(key)}]`;
  }
  return path === "" ? key : `${path}.${key}`;
}
