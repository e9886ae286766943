import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import messages from "@pulumi/pulumi/proto/resource_pb.js";
import { awsCall, awsOutputs } from "#simulation/aws/outputs";
import { hex } from "#simulation/aws/place";

/** One registration as the engine would have received it. */
export interface Recorded {
  type: string;
  name: string;
  /** Name of the parent; empty at the root. */
  parent: string;
  /** Types and names from the root to the parent: `millrace:storage:ObjectStore data`. Two components may have children of one name. */
  path: string[];
  inputs: Record<string, any>;
  /** Names of what it waits for. */
  dependencies: string[];
  /** Urn of the provider that will make it, as far as one was named. */
  provider: string;
  protect: boolean;
  custom: boolean;
  ignoreChanges: string[];
  deletedWith: string;
  /** Deleted first when it is replaced. Absent where it is not. */
  deleteBeforeReplace?: boolean;
  /** Left where it is when it leaves the program or the stack is destroyed. Absent where it is not. */
  retainOnDelete?: boolean;
  /** What it was before: a whole URN, or the parts of one that differ. */
  aliases: Alias[];
}

/** One alias of a resource, as the program registers it. */
export interface Alias {
  urn?: string;
  name?: string;
  type?: string;
  parentUrn?: string;
  noParent?: true;
  /** The alias is one of another project or stack. */
  elsewhere?: true;
}

export interface Recording {
  resources: Recorded[];
  /** What the program returned: a stack's outputs. */
  outputs: Record<string, any>;
}

export interface RecordOptions {
  /** Leave everything that AWS would answer unknown, as in a preview of something new. @default false */
  preview?: boolean;
  project?: string;
  stack?: string;
  account?: string;
  region?: string;
  /** Stack config, full key → text. */
  config?: Record<string, string>;
  secretKeys?: string[];
  /** Outputs of other stacks, by full name `organization/<project>/<stack>`. */
  references?: Record<string, Record<string, any>>;
}

/**
 * Runs a Pulumi program without engine, cloud or cluster, and returns everything that it registered, in order.
 *
 * Pulumi's mocks alone hide parents, dependencies and options; the requests to the monitor carry them, so they are read there.
 * One recording at a time: the SDK keeps its monitor in a global.
 *
 * @throws whatever the program throws.
 */
export async function record(program: () => unknown, options: RecordOptions = {}): Promise<Recording> {
  const { preview = false, project = "millrace", stack = "test", account = "111111111111", region = "eu-west-1" } = options;
  pulumi.runtime.setAllConfig(options.config ?? {}, options.secretKeys ?? []);
  await pulumi.runtime.setMocks(mocks(options, { preview, account, region }), project, stack, preview, "organization");
  const resources: Recorded[] = [];
  tap(resources, preview);
  const undo = withoutStacks();
  let outputs: unknown;
  let failure: { error: unknown } | undefined;
  await pulumi.runtime.runInPulumiStack(async () => {
    try {
      outputs = await program();
    } catch (error) {
      // An error that reaches Pulumi's stack comes back as several unhandled rejections; it is thrown again below, once.
      failure = { error };
    }
    return typeof outputs === "object" ? outputs : {};
  });
  // The stack resolves before the last registrations have been answered.
  await pulumi.runtime.disconnect();
  undo();
  if (failure) {
    throw failure.error;
  }
  return { resources, outputs: await settle(outputs) };
}

/** The module through which the SDK itself calls `debuggablePromise`. */
const DEBUGGABLE = createRequire(import.meta.url)("@pulumi/pulumi/runtime/debuggable") as {
  debuggablePromise: <T>(promise: Promise<T>) => Promise<T>;
};

/**
 * The SDK keeps a stack of every promise, to tell which were left open, and of every resource, to send its place to the engine: together
 * a third of the time of a plan. Nobody reads them here.
 *
 * @returns what makes stacks be taken as usual again.
 */
function withoutStacks(): () => void {
  const { stackTraceLimit } = Error;
  const { debuggablePromise } = DEBUGGABLE;
  const resource = pulumi.Resource as unknown as { callsites: () => object[] };
  const { callsites } = resource;
  Error.stackTraceLimit = Math.min(stackTraceLimit, 2);
  DEBUGGABLE.debuggablePromise = (promise) => promise;
  resource.callsites = () => [];
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
    resource.callsites = callsites;
    DEBUGGABLE.debuggablePromise = debuggablePromise;
  };
}

/** Its value is part of names, so a plan shows one: the same in every run. */
const RANDOM_ID = "random:index/randomId:RandomId";

function mocks(
  { references = {} }: RecordOptions,
  { preview, account, region }: { preview: boolean; account: string; region: string },
): pulumi.runtime.Mocks {
  return {
    newResource: ({ type, name, inputs }) => {
      if (type === "pulumi:pulumi:StackReference") {
        return { id: inputs["name"], state: { ...inputs, outputs: references[inputs["name"]] ?? {} } };
      }
      const state = preview
        ? inputs
        : {
            ...inputs,
            ...(type.startsWith("aws:") && awsOutputs(type, name, inputs, { account, region })),
            ...(type === RANDOM_ID && { hex: hex(name, 2 * inputs["byteLength"]) }),
          };
      return { id: preview ? undefined : ((state as { id?: string }).id ?? `${name}-id`), state };
    },
    call: ({ token, inputs }) => awsCall(token, inputs, { account, region }) ?? inputs,
  };
}

/** Reads every registration on its way to the mock monitor, which is asked only for what has outputs of its own. */
function tap(resources: Recorded[], preview: boolean): void {
  const monitor = pulumi.runtime.getMonitor() as any;
  const register = monitor.registerResource.bind(monitor);
  const answered = (type: string, request: any, answer: any): void =>
    (type.startsWith("aws:") || type === RANDOM_ID) && !preview
      ? register(request, answer)
      : echo(monitor, request, preview, answer);
  const paths = new Map<string, string[]>();
  monitor.registerResource = (request: any, answer: any) => {
    const [type, name, parent] = [request.getType(), request.getName(), request.getParent()] as [string, string, string];
    const path = paths.get(parent) ?? [];
    resources.push({
      type,
      name,
      parent: last(parent),
      path,
      inputs: request.getObject().toJavaScript(),
      dependencies: request.getDependenciesList().map(last),
      provider: last(request.getProvider().split("::").slice(0, -1).join("::")),
      protect: request.getProtect() ?? false,
      custom: request.getCustom(),
      ignoreChanges: request.getIgnorechangesList(),
      deletedWith: last(request.getDeletedwith()),
      ...(request.getDeletebeforereplace() && { deleteBeforeReplace: true }),
      ...(request.getRetainondelete() && { retainOnDelete: true }),
      aliases: request.getAliasesList().map(aliasOf),
    });
    return answered(type, request, (error: unknown, response: any) => {
      if (response) {
        paths.set(response.getUrn(), [...path, `${type} ${name}`]);
      }
      answer(error, response);
    });
  };
}

/**
 * Answers a registration with its own inputs. The mock monitor would unpack them, pack them again and keep a copy: a third of the
 * memory of a plan.
 */
function echo(monitor: any, request: any, preview: boolean, answer: (error: null, response: any) => void): void {
  const urn = monitor.newUrn(request.getParent(), request.getType(), request.getName());
  const id = preview ? "" : `${request.getName()}-id`;
  // Outputs of a component are refused for a URN that the monitor does not know.
  monitor.resources.set(urn, { urn, id, state: {} });
  const response = new messages.RegisterResourceResponse();
  response.setUrn(urn);
  response.setId(id);
  response.setObject(request.getObject());
  queueMicrotask(() => answer(null, response));
}

function aliasOf(alias: any): Alias {
  const urn: string = alias.getUrn?.() ?? "";
  if (urn !== "") {
    return { urn };
  }
  const { name, type, project, stack, parenturn, noparent } = alias.getSpec()?.toObject() ?? {};
  return {
    ...(name && { name }),
    ...(type && { type }),
    ...(parenturn && { parentUrn: parenturn }),
    ...(noparent && { noParent: true }),
    ...((project || stack) && { elsewhere: true }),
  };
}

const last = (urn: string): string => urn.split("::").at(-1) ?? "";

/** Outputs as plain values; what is unknown in a preview stays out. */
async function settle(outputs: unknown): Promise<Record<string, any>> {
  if (typeof outputs !== "object" || outputs === null) {
    return {};
  }
  const whole = pulumi.output(outputs) as any;
  return ((await whole.isKnown) ? await whole.promise() : {}) as Record<string, any>;
}
