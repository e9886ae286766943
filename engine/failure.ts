// Why an operation failed, in the words of whoever refused it.

import { type Diagnostic, nameOf, type PolicyFinding, typeOf } from "./events.ts";

/** An operation that the engine, the program or a provider refused. */
export class EngineFailure extends Error {
  /** What was asked for, such as `up platform-dev`. */
  readonly operation: string;

  /** The resource it is about, by type and name. @default - the operation as a whole */
  readonly resource: { readonly type: string; readonly name: string } | undefined;

  /** The reason in the words of whoever refused. */
  readonly reason: string;

  /** What policy packs found. */
  readonly findings: readonly PolicyFinding[];

  /** Path of the log of this operation. */
  readonly log: string;

  constructor(fields: Pick<EngineFailure, "operation" | "resource" | "reason" | "findings" | "log">) {
    const { operation, resource, reason, findings, log } = fields;
    const what = isNoStack(reason) ? `${reason}: ${WHERE_STACKS_ARE}` : reason;
    super(`${operation} failed${resource ? ` at ${resource.type} ${resource.name}` : ""}: ${what} (log: ${log})`);
    this.name = "EngineFailure";
    this.operation = operation;
    this.resource = resource;
    this.reason = reason;
    this.findings = findings;
    this.log = log;
  }
}

/** Whether the engine knows no such stack: it never came up, or is kept elsewhere. */
export const isNoStack = (reason: string): boolean => reason.startsWith("no stack named ");

/** What to do where a stack is not where it was looked for. */
export const WHERE_STACKS_ARE =
  "`pulumi whoami -v` says where stacks are looked for; name another place with `pulumi login` or PULUMI_BACKEND_URL, or bring the environment up there first";

/** What the CLI and the root resource add when the reason has been given already. */
const ECHO =
  /^(update|preview|destroy|refresh) failed$|^resource registration failed|violations? found|^Resource monitor has terminated/i;

/** What the engine puts in front of a provider's own sentence about an input. */
const FRAME = /^\S+ resource '[^']*':? (?:property \S+ value \{.*?\} )?has a problem: /;

/** What was heard until the failure. */
interface Heard {
  diagnostics: readonly Diagnostic[];
  findings: readonly PolicyFinding[];

  /** What the Automation API or the CLI threw. */
  error: unknown;
  log: string;
}

/** The failure by its best reason: every error of the first refused resource, else what policies refused, else what the CLI printed. */
export function failureOf(operation: string, { diagnostics, findings, error, log }: Heard): EngineFailure {
  const errors = diagnostics.filter(({ severity, message }) => severity === "error" && !ECHO.test(message));
  const first = errors.find(({ urn }) => isResource(urn)) ?? errors[0];
  const reasons = errors.filter(({ urn }) => urn === first?.urn).map(({ message }) => message.replace(FRAME, ""));
  return new EngineFailure({
    operation,
    resource: first && isResource(first.urn) ? { type: typeOf(first.urn), name: nameOf(first.urn) } : undefined,
    reason: [...new Set(reasons)].join("; ") || refusals(findings) || printedBy(error),
    findings,
    log,
  });
}

/** The sentence of the CLI in an error that also repeats its command line and everything that it printed. */
function printedBy(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/ENOENT: pulumi\b/.test(text)) {
    return "there is no 'pulumi' on PATH: install Pulumi 3.259 or newer of major 3, or put it there";
  }
  return /^error: (.+)/m.exec(text)?.[1] ?? text;
}

const refusals = (findings: readonly PolicyFinding[]): string =>
  findings
    .filter(({ level }) => level === "mandatory")
    .map(({ message }) => message)
    .join("; ");

const isResource = (urn: string): boolean => urn !== "" && !typeOf(urn).startsWith("pulumi:pulumi:");
