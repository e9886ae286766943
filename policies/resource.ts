/** A resource as every rule sees it, whether a plan, an engine or a state hands it over. */
export interface Resource {
  type: string;
  name: string;
  /** `<stack>/<name>`: the same at every moment, so that an exception written once holds everywhere. */
  address: string;
  /** Where the engine has it. Absent in a plan. */
  urn?: string;
  /**
   * What the program says about it. Reading a value that is not known yet throws {@link Undecided}, reading a secret yields
   * {@link SECRET}; `"key" in inputs` says that something is set without reading it.
   */
  inputs: any;
  protect: boolean;
  ignoreChanges: readonly string[];
  /** Deleted first when it is replaced. @default false */
  deleteBeforeReplace?: boolean;
  /** Name of its parent; empty at the root. */
  parent: string;
  /** Names of what it waits for or reads. */
  dependencies: readonly string[];
  /** Inputs of the provider that makes it. */
  provider: any;
}

/** Stands for a secret: rules see that there is one, never which. */
export const SECRET = "[secret]";

/** A rule met a value that is only known once something else exists. */
export class Undecided extends Error {
  readonly path: string;

  constructor(path: string) {
    super(`'${path}' is not known yet`);
    this.path = path;
  }
}

/** What a program's value is when nobody knows it: Pulumi's own marks, one a kind of value (sdk/nodejs/runtime/rpc.ts). */
const UNKNOWN = new Set<unknown>([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);
export const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Pulumi's mark of an object that stands for something else, and that of a secret. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

/**
 * Inputs that throw {@link Undecided} where they are not known, and hide what is secret: a secret map or list keeps its shape, so
 * that a rule can walk through it.
 */
export const readable = (value: any): any => read(value, "", false);

function read(value: any, path: string, isSecret: boolean): any {
  if (UNKNOWN.has(value)) {
    throw new Undecided(path);
  }
  if (value === undefined || value === null) {
    return value;
  }
  if (typeof value !== "object") {
    return isSecret ? SECRET : value;
  }
  if (value[SIGNATURE] === SECRET_SIGNATURE) {
    return read(value["value"], path, true);
  }
  return new Proxy(value, {
    get: (target, key) => {
      const found = target[key];
      if (typeof key === "symbol" || typeof found === "function" || (key === "length" && Array.isArray(target))) {
        return found;
      }
      return read(found, path === "" ? key : `${path}.${key}`, isSecret);
    },
  });
}
