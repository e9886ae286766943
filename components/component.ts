import * as pulumi from "@pulumi/pulumi";
import { fromMirror, type Mirror, mirror as mirrorRule } from "./mirror.ts";
import { anyObject, faultIn, optional, type Rule, text } from "./shape.ts";
import { given, refusal, sentence } from "./validation.ts";

/**
 * A change of one resource inside a component: new arguments to be merged in, or a function that edits its arguments and options.
 *
 * Objects are merged field by field; lists and outputs are replaced. A function gets copies that it may edit, or it returns new ones.
 * It may name the resource's own type: `(args: aws.s3.BucketArgs) => { args.forceDestroy = true; }`.
 */
export type Transform = Readonly<Record<string, unknown>> | TransformFunction;

/** A method's parameters may be narrowed, those of a function type may not: so the arguments can be given the resource's own type. */
export type TransformFunction = {
  edit(
    args: pulumi.Inputs,
    opts: pulumi.CustomResourceOptions,
    // biome-ignore lint/suspicious/noConfusingVoidType: a function that edits in place returns nothing
  ): { args?: pulumi.Inputs; opts?: pulumi.CustomResourceOptions } | void;
}["edit"];

/** Options of every component: Pulumi's own, of which `dependsOn` also holds for each resource inside, the escape hatch, and the mirror. */
export interface ComponentOptions extends pulumi.ComponentResourceOptions {
  /**
   * Changes of single resources inside the component, at any depth, before they are made. The key is the resource's role (its name
   * without `<component>-`) or its whole name. What a component checks, it checks before: a changed resource is the caller's own affair.
   * @default - none
   */
  transform?: Readonly<Record<string, Transform>>;

  /**
   * Where everything inside the component, at any depth, takes its charts and images from; before `transform`.
   * @default - from their publishers
   */
  mirror?: Mirror;
}

/**
 * Base of all components: type token, deletion order and escape hatch (docs/decisions/component-base.md).
 *
 * A subclass states what its arguments must be in `shape`, checks what concerns several of them, makes its children with `parent: this` and names `<name>-<role>`, and ends with `registerOutputs`.
 *
 * @throws {pulumi.ResourceError} when an argument breaks its rule, or `transform` names a resource that the component does not have.
 */
export abstract class Component extends pulumi.ComponentResource {
  /** What each argument must be. */
  static readonly shape: Rule<never> = anyObject;

  readonly #transformed: Transformed;

  /**
   * @param kind folder and class, `storage:ObjectStore`; the type token is `millrace:<kind>`
   * @param args the component's arguments, kept in the state as they were given
   */
  constructor(kind: `${string}:${string}`, name: string, args: pulumi.Inputs | object, opts: ComponentOptions = {}) {
    checkCall(kind, name, opts);
    const { transform, mirror, ...rest } = opts;
    const fault = faultIn("args", args, new.target.shape) ?? faultIn("mirror", mirror, optional(mirrorRule));
    const transformed = new Transformed(name, given(transform ?? {}));
    const changes = [
      ...(mirror === undefined || fault ? [] : [movedTo(mirror)]),
      ...(transformed.wanted ? [transformed.change] : []),
      ...(opts.dependsOn === undefined ? [] : [deletedBefore(opts.dependsOn)]),
    ];
    super(
      `millrace:${kind}`,
      name,
      // Pulumi sends them to the engine, which knows no functions.
      fault ? {} : args,
      changes.length === 0
        ? rest
        : { ...rest, transformations: [...(rest.transformations ?? []), ...changes.map((change) => ofChildren(change))] },
    );
    if (fault) {
      throw refusal({ ...fault, argument: fault.argument.replace(/^args\./, "") }, this);
    }
    this.#transformed = transformed;
  }

  /** Ends the constructor: nothing is made inside the component after it. */
  protected override registerOutputs(outputs?: pulumi.Inputs): void {
    // The SDK calls it as well, without outputs, after every constructor: after one that has thrown too.
    if (outputs !== undefined) {
      this.#transformed.refuseUnknown(this);
    }
    super.registerOutputs(outputs);
  }
}

/** The name and the options, which Pulumi needs to make even a component that refuses its arguments. */
function checkCall(kind: string, name: unknown, opts: unknown): void {
  const fault = faultIn("name", name, text) ?? faultIn("opts", opts, optional(anyObject));
  if (fault) {
    throw new pulumi.RunError(`a component of type millrace:${kind}: ${sentence(fault)}`);
  }
}

type Change = (child: pulumi.ResourceTransformationArgs) => pulumi.ResourceTransformationResult | undefined;

/** Pulumi runs a component's transformations on everything inside it at any depth, and first of all on the component itself. */
function ofChildren(change: Change): pulumi.ResourceTransformation {
  let component: pulumi.Resource | undefined;
  return (resource) => {
    component ??= resource.resource;
    return resource.resource === component ? undefined : change(resource);
  };
}

/** A component's own `dependsOn` orders creation only; on its children it orders deletion too. */
function deletedBefore(dependsOn: NonNullable<pulumi.ResourceOptions["dependsOn"]>): Change {
  return ({ props, opts }) => ({ props, opts: pulumi.mergeOptions(opts, { dependsOn }) });
}

const movedTo =
  (mirror: Mirror): Change =>
  ({ type, props, opts }) => ({ props: fromMirror(type, props, mirror), opts });

/** The changes that a user asks for, and the resources that they could be asked for. */
class Transformed {
  readonly #names = new Set<string>();

  readonly #component: string;
  readonly #transform: Readonly<Record<string, Transform>>;

  constructor(component: string, transform: Readonly<Record<string, Transform>>) {
    this.#component = component;
    this.#transform = transform;
  }

  get wanted(): boolean {
    return Object.keys(this.#transform).length > 0;
  }

  readonly change: Change = ({ resource, name, props, opts }) => {
    // The arguments of a component inside this one have been used by now: only its resources can still be changed.
    if (resource instanceof pulumi.ComponentResource) {
      return undefined;
    }
    this.#names.add(name);
    const key = [name, this.#role(name)].find((each) => Object.hasOwn(this.#transform, each));
    if (key === undefined) {
      return undefined;
    }
    const refuse = (rule: string, got: string): never => {
      throw new pulumi.ResourceError(`'transform.${key}' of '${this.#component}' must ${rule}, got ${got}`, resource, true);
    };
    const result = changed(props, opts, this.#transform[key]!, refuse);
    return result.opts.parent === opts.parent ? result : refuse("leave the parent as it is", "another parent");
  };

  refuseUnknown(component: pulumi.Resource): void {
    const unknown = Object.keys(this.#transform).find(
      (key) => !this.#names.has(key) && !this.#names.has(`${this.#component}-${key}`),
    );
    if (unknown !== undefined) {
      const known = [...this.#names].map((name) => this.#role(name)).sort();
      const rule = `a resource of '${this.#component}' (${known.join(", ")})`;
      throw new pulumi.ResourceError(`'transform' must be ${rule}, got '${unknown}'`, component, true);
    }
  }

  #role(name: string): string {
    return name.startsWith(`${this.#component}-`) ? name.slice(this.#component.length + 1) : name;
  }
}

/** Ends with a refusal that names the component and the key. */
type Refuse = (rule: string, got: string) => never;

function changed(
  props: pulumi.Inputs,
  opts: pulumi.CustomResourceOptions,
  transform: Transform,
  refuse: Refuse,
): pulumi.ResourceTransformationResult {
  // A copy: what components pass on is often a constant that other resources share.
  const args = copyOf(props);
  if (typeof transform !== "function") {
    return isPlain(transform)
      ? { props: merged(args, transform), opts }
      : refuse("be an object or a function", transform === null ? "null" : kindOf(transform));
  }
  const edited = { ...opts };
  const result = edit(transform, args, edited, refuse);
  const unknown = result === undefined ? [] : isPlain(result) ? Object.keys(result).filter((key) => !RESULT.includes(key)) : [""];
  if (unknown.length > 0) {
    // An asynchronous function as well: the resource is made before it ends.
    refuse("return nothing, or { args, opts }", unknown[0] === "" ? kindOf(result) : `'${unknown[0]}'`);
  }
  // The parent is Pulumi's own, and nobody who returns other options needs to repeat it.
  return { props: result?.args ?? args, opts: { parent: opts.parent, ...(result?.opts ?? edited) } as typeof opts };
}

const RESULT = ["args", "opts"];

const kindOf = (value: unknown): string => Object(value).constructor?.name ?? typeof value;

/** Runs the function of the user. What it throws says nothing about where it was called. */
function edit(transform: TransformFunction, args: pulumi.Inputs, opts: pulumi.CustomResourceOptions, refuse: Refuse) {
  try {
    return transform(args, opts) ?? undefined;
  } catch (error) {
    return refuse("not throw", `'${error instanceof Error ? error.message : String(error)}'`);
  }
}

function merged(under: pulumi.Inputs, over: pulumi.Inputs): pulumi.Inputs {
  const both = Object.entries(over).map(([key, value]): [string, unknown] => [
    key,
    isPlain(value) && isPlain(under[key]) ? merged(under[key], value) : value,
  ]);
  return { ...under, ...Object.fromEntries(both) };
}

function copyOf<T>(value: T): T {
  if (Array.isArray(value)) {
    return value.map(copyOf) as T;
  }
  return isPlain(value) ? (Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copyOf(each)])) as T) : value;
}

/** An object with fields and nothing else: no output, resource or promise. */
const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
