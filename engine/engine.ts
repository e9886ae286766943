// The driver of Pulumi: one project, its stacks, and every operation on them, through Pulumi's Automation API.
// What the API does and where it is corrected: docs/decisions/automation-api.md.

import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Deployment, type PreviewOptions, Stack } from "@pulumi/pulumi/automation/index.js";
import {
  type Changes,
  type Consequences,
  createEventReader,
  type EventReader,
  type PolicyFinding,
  type ResourceProgress,
} from "./events.ts";
import { failureOf } from "./failure.ts";
import { PATCH_FORCE } from "./patch-force.ts";
import { type EngineWorkspace, openWorkspace, type WorkspaceOptions } from "./workspace.ts";

/** Where and how the engine works. */
export interface EngineOptions extends WorkspaceOptions {
  /** Folder for the log of each operation, made here: `<stack>-<operation>.log`. */
  readonly logs: string;

  /** Interrupts the running operation (SIGINT, so that the state stays whole) and refuses later ones. @default - nothing does */
  readonly signal?: AbortSignal;

  /** Called for each resource once it is done. @default - nothing is called */
  onResource?(stack: string, progress: ResourceProgress): void;
}

/** What a preview, an update, a refresh or a destroy did. */
export interface OperationResult extends Consequences {
  /** Wall time. */
  readonly seconds: number;
  readonly changes: Changes;

  /** Resources of the stack afterwards (of a preview: as planned), components included. */
  readonly resources: number;

  /** What policy packs found. */
  readonly findings: readonly PolicyFinding[];

  /** Path of the log. */
  readonly log: string;
}

/** A policy pack and the file with its levels and parameters. */
export interface PolicyPack {
  readonly folder: string;
  readonly config: string;
}

/** A backend of Pulumi, and the project as it is known there. */
export interface Backend {
  /** Such as `file:///srv/state`, `s3://bucket?region=eu-west-1` or `https://api.pulumi.com`. */
  readonly url: string;
  readonly project: string;
}

/** The engine with one project. Every method throws `EngineFailure` when Pulumi refuses. */
export interface Engine {
  stackInit(stack: string): Promise<void>;

  /** Sets a config value. It travels over stdin: neither a process list nor a log shows it. */
  configSet(stack: string, key: string, value: string, options?: { secret?: boolean }): Promise<void>;

  /**
   * @param pack - policies to check; the failure names the rules that refused. @default - no policies
   * @param options.refresh - compares with what is really there, and not with what the state says: `steps` is then what has drifted.
   * @default false
   * @param options.exclude - URNs, with `**` for any text, of resources that are neither read nor compared. @default - none
   */
  preview(stack: string, pack?: PolicyPack, options?: { refresh?: boolean; exclude?: string[] }): Promise<OperationResult>;

  /** @param pack - policies to check once more, while it changes. @default - no policies */
  up(stack: string, pack?: PolicyPack): Promise<OperationResult>;

  /**
   * Makes the state say what is really there.
   *
   * @param options.clearPendingCreates - forgets creations that a killed engine has begun: nobody knows whether they were made. @default false
   */
  refresh(stack: string, options?: { clearPendingCreates?: boolean }): Promise<OperationResult>;
  destroy(stack: string): Promise<OperationResult>;

  /** Outputs of a stack, secret ones as `[secret]`. */
  outputs(stack: string): Promise<Record<string, unknown>>;

  /** The state of a stack as Pulumi stores it; secrets stay encrypted. */
  exportState(stack: string): Promise<Deployment>;

  /** Puts a state, as `exportState` gives it, in the place of the stack's. It travels over stdin. */
  importState(stack: string, state: Deployment): Promise<void>;
  removeStack(stack: string): Promise<void>;

  /** Where the stacks of the project are kept. */
  backend(): Promise<Backend>;

  /** Lifts `protect` from every resource of a stack, as a person does before a wanted destroy. */
  unprotect(stack: string): Promise<void>;

  /** Removes the lock that a killed engine left behind. */
  cancel(stack: string): Promise<void>;
}

/** What every operation on resources is called with. */
type Reporting = Pick<PreviewOptions, "color" | "suppressOutputs" | "suppressProgress" | "onEvent" | "onOutput" | "onError"> & {
  signal?: AbortSignal;
};

/** Prepares the engine; no process is started before the first call. */
export function createEngine(options: EngineOptions): Engine {
  mkdirSync(options.logs, { recursive: true });
  let opened: Promise<EngineWorkspace> | undefined;
  const open = (): Promise<EngineWorkspace> => (opened ??= openWorkspace(options));
  let openedWithForce: Promise<EngineWorkspace> | undefined;
  const openWithForce = (): Promise<EngineWorkspace> =>
    (openedWithForce ??= openWorkspace({ ...options, environment: { ...options.environment, ...PATCH_FORCE } }));
  const totals = new Map<string, number>();
  const logOf = (stack: string, operation: string): string => join(options.logs, `${stack}-${operation.replace(" ", "-")}.log`);

  /**
   * Works on a stack; a refusal becomes an `EngineFailure` that says what was asked for.
   *
   * @param reading.events - what the work tells; it then logs its own output. @default - the work tells nothing, and its error is logged
   * @param reading.workspace - opens where the work is done.
   */
  async function attempt<Result>(
    operation: string,
    name: string,
    work: (workspace: EngineWorkspace) => Promise<Result>,
    { events, workspace = open }: { events?: EventReader; workspace?: () => Promise<EngineWorkspace> } = {},
  ): Promise<Result> {
    options.signal?.throwIfAborted();
    try {
      return await work(await workspace());
    } catch (error) {
      const log = logOf(name, operation);
      if (events === undefined) {
        appendFileSync(log, `${String(error)}\n`);
      }
      throw failureOf(`${operation} ${name}`, { diagnostics: [], findings: [], ...events, error, log });
    }
  }

  /** Changes resources, or plans to: events go to a reader, what the CLI prints goes to the log. */
  async function operate(
    operation: "preview" | "up" | "refresh" | "destroy",
    name: string,
    run: (stack: Stack, reporting: Reporting) => Promise<unknown>,
    workspace = open,
  ): Promise<OperationResult> {
    const start = performance.now();
    const total = totals.get(name);
    const events = createEventReader((progress) =>
      options.onResource?.(name, total === undefined ? progress : { ...progress, total }),
    );
    const log = logOf(name, operation);
    const changes = await attempt(
      operation,
      name,
      async (opened) => {
        await run(await Stack.select(name, opened), {
          color: "never",
          suppressOutputs: true,
          suppressProgress: true,
          onEvent: events.take,
          onOutput: (text) => appendFileSync(log, text),
          onError: (text) => appendFileSync(log, text),
          ...(options.signal && { signal: forOneOperation(options.signal) }),
        });
        return events.changes();
      },
      { events, workspace },
    );
    const resources = changes.create + changes.update + changes.replace + changes.same;
    totals.set(name, resources + changes.delete);
    return {
      seconds: (performance.now() - start) / 1000,
      changes,
      ...events.consequences(),
      resources: operation === "destroy" ? changes.same : resources,
      findings: events.findings,
      log,
    };
  }

  return {
    stackInit: (stack) => attempt("stack init", stack, (workspace) => workspace.createStack(stack)),
    configSet: (stack, key, value, { secret = false } = {}) =>
      attempt("config set", stack, (workspace) => workspace.setConfig(stack, key, { value, secret })),
    preview: (stack, pack, { refresh = false, exclude = [] } = {}) =>
      operate(
        "preview",
        stack,
        (selected, reporting) => selected.preview({ ...reporting, refresh, exclude, ...checkedBy(pack) }),
        refresh ? openWithForce : open,
      ),
    up: (stack, pack) =>
      operate("up", stack, (selected, reporting) => selected.up({ ...reporting, ...checkedBy(pack), showSecrets: false })),
    refresh: (stack, { clearPendingCreates = false } = {}) =>
      operate("refresh", stack, (selected, reporting) =>
        selected.refresh({ ...reporting, clearPendingCreates, showSecrets: false }),
      ),
    destroy: (stack) =>
      operate("destroy", stack, (selected, reporting) => selected.destroy({ ...reporting, showSecrets: false })),
    outputs: (stack) =>
      attempt("stack output", stack, async (workspace) => {
        const outputs = Object.entries(await workspace.stackOutputs(stack));
        return Object.fromEntries(outputs.map(([key, { value }]) => [key, value as unknown]));
      }),
    exportState: (stack) => attempt("stack export", stack, (workspace) => workspace.exportStack(stack)),
    importState: (stack, state) => attempt("stack import", stack, (workspace) => workspace.importStack(stack, state)),
    backend: () =>
      attempt("whoami", "", async (workspace) => {
        const [{ url }, { name }] = await Promise.all([workspace.whoAmI(), workspace.projectSettings()]);
        return { url: url ?? "", project: name };
      }),
    removeStack: (stack) => attempt("stack rm", stack, (workspace) => workspace.removeStack(stack)),
    unprotect: (stack) => attempt("state unprotect", stack, (workspace) => workspace.unprotect(stack)),
    cancel: (stack) => attempt("cancel", stack, async (workspace) => (await Stack.select(stack, workspace)).cancel()),
  };
}

const checkedBy = (pack: PolicyPack | undefined): Pick<PreviewOptions, "policyPacks" | "policyPackConfigs"> =>
  pack === undefined ? {} : { policyPacks: [pack.folder], policyPackConfigs: [pack.config] };

/**
 * The API never takes its listener off (Node warns from the eleventh on), and adds it only once the CLI has been started: an abort
 * that came before would be lost.
 */
function forOneOperation(signal: AbortSignal): AbortSignal {
  const own = AbortSignal.any([signal]);
  const listen = own.addEventListener.bind(own);
  own.addEventListener = (type: string, listener: EventListenerOrEventListenerObject) => {
    if (own.aborted && typeof listener === "function") {
      listener(new Event(type));
    } else {
      listen(type, listener);
    }
  };
  return own;
}
