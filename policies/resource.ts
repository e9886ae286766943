import { specialSecretSig, specialSigKey, unknownValue } from "@pulumi/pulumi/runtime/rpc.js";
import type { Bag } from "./read.ts";

/** A resource as every rule sees it, whether a plan, an engine or a state hands it over. */
export interface Resource {
  type: string;
  name: string;
  /** `<stack>/<name>`: the same at every moment, so that an exception written once holds everywhere. */
  address: string;
  /** Where the engine has it. Absent in a plan. */
  urn?: string;
  /**
   * The inputs from the program. Reading a value that is not known yet throws {@link Undecided}, reading a secret yields
   * {@link SECRET}; `isSet` and `hasKey` of `read.ts` tell that something is set without reading it.
   */
  inputs: Bag;
  protect: boolean;
  ignoreChanges: readonly string[];
  /** Deleted first when it is replaced. @default false */
  deleteBeforeReplace?: boolean;
  /** Name of its parent; empty at the root. */
  parent: string;
  /** Names of the resources that it depends on. */
  dependencies: readonly string[];
  /** Inputs of the provider that makes it. */
  provider: Bag;
}

/** Replaces a secret: rules see that there is one, but never its value. */
export const SECRET = "[secret]";

/** A rule met a value that is only known once something else exists. */
export class Undecided extends Error {
  /** Path of the value below the inputs. */
  readonly path: string;
  /** Address of the resource that has the value, where it is known. */
  readonly address: string | undefined;

  constructor(path: string, address?: string) {
    super(`'${path}' is not known yet`);
    this.path = path;
    this.address = address;
  }
}

/**
 * Marks of a value that nobody knows yet, one for each kind of value. The SDK for Node has only the first; the engine knows all of
 * them (pulumi/pulumi, `sdk/go/common/resource/plugin/rpc.go`).
 */
const UNKNOWN = new Set<unknown>([
  unknownValue,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/**
 * Inputs that throw {@link Undecided} where they are not known, and hide what is secret: a secret map or list keeps its shape, so
 * that a rule can walk through it.
 *
 * @param address of the resource that has them, for messages.
 */
export function readable(inputs: object, address?: string): Bag {
  return read(inputs, { path: "", isSecret: false, address }) as Bag;
}

/** Path of a value, and whether something around it is secret. */
interface Place {
  path: string;
  isSecret: boolean;
  address: string | undefined;
}

function read(value: unknown, place: Place): unknown {
  if (UNKNOWN.has(value)) {
    throw new Undecided(place.path, place.address);
  }
  if (value === undefined || value === null) {
    return value;
  }
  if (typeof value !== "object") {
    return place.isSecret ? SECRET : value;
  }
  const object = value as Record<PropertyKey, unknown>;
  if (object[specialSigKey] === specialSecretSig) {
    return read(object["value"], { ...place, isSecret: true });
  }
  return guarded(object, place);
}

/** A view of an object whose values are read one by one. Objects in it are wrapped once, as dozens of rules read them. */
function guarded(object: Record<PropertyKey, unknown>, place: Place): object {
  const wrapped = new Map<PropertyKey, unknown>();
  return new Proxy(object, {
    get: (target, key) => {
      const value = target[key];
      if (typeof key === "symbol" || typeof value === "function" || (key === "length" && Array.isArray(target))) {
        return value;
      }
      const known = wrapped.get(key);
      if (known !== undefined) {
        return known;
      }
      const found = read(value, { ...place, path: place.path === "" ? key : `${place.path}.${key}` });
      if (typeof found === "object" && found !== null) {
        wrapped.set(key, found);
      }
      return found;
    },
  });
}

/** What is read, or `undefined` where nobody knows it yet: for what can also be told in another way. */
export function whenKnown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Undecided) {
      return undefined;
    }
    throw error;
  }
}
