import * as pulumi from "@pulumi/pulumi";
import type { Layer } from "#stacks/contracts";

/** A resource of a layer, as the program names it. */
export interface Address {
  /** Type token, such as `aws:kms/key:Key`. */
  type: string;
  /** Name in the program, such as `data-key`. */
  name: string;
}

/** Inputs of one resource, to be changed in place. */
export type Inputs = Record<string, any>;

/** The options of a resource that a change may touch. */
export interface Options {
  protect?: boolean | undefined;
}

/** A change to one resource. */
export interface Edit {
  resource: Address;
  /** Changes the given objects in place; they are copies at their first level. */
  change(inputs: Inputs, opts: Options): void;
}

/** A bad change, as a pull request could bring it: it says what becomes of a resource, not which text of the program changes. */
export interface Mutant extends Edit {
  /** Completes "a pull request with …". */
  what: string;
  /** Layer whose preview shows it. */
  layer: Layer;
}

/** Keys and indexes that lead to a value inside of a resource's inputs. */
export type Path = readonly (string | number)[];

/**
 * A change of one value, by its path.
 *
 * @param to the new value, or a function that makes it from the old one.
 * @returns a change for `Edit`; it copies what lies on the path and follows outputs.
 * @throws {Error} when applied to inputs in which the path ends early.
 */
export const set =
  (path: Path, to: unknown): Edit["change"] =>
  (inputs) =>
    void Object.assign(inputs, edited(inputs, path, to, path));

function edited(value: unknown, [key, ...rest]: Path, to: unknown, path: Path): unknown {
  if (pulumi.Output.isInstance(value)) {
    return value.apply((known) => edited(known, key === undefined ? [] : [key, ...rest], to, path));
  }
  if (key === undefined) {
    return to instanceof Function ? to(value) : to;
  }
  if (typeof value !== "object" || value === null) {
    throw new Error(`the inputs must have '${path.join(".")}', nothing stands before '${key}'`);
  }
  const copy: any = Array.isArray(value) ? [...value] : { ...value };
  copy[key] = edited(copy[key], rest, to, path);
  return copy;
}
