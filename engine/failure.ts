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
    super(`${operation} failed${resource ? ` at ${resource.type} ${resource.name}` : ""}: ${reason} (log: ${log})`);
    this.name = "EngineFailure";
    this.operation = operation;
    this.resource = resource;
    this.reason = reason;
    this.findings = findings;
    this.log = log;
  }
}

/** What the CLI and the root resource say when something else has said why. */
const ECHO =
  /^(update|preview|destroy|refresh) failed$|^resource registration failed|violations? found|^Resource monitor has terminated/i;

/** What the engine puts before the sentence of a provider that refuses an input. */
const FRAME = /^\S+ resource '[^']*':? (?:property \S+ value \{.*?\} )?has a problem: /;

interface Told {
  diagnostics: readonly Diagnostic[];
  findings: readonly PolicyFinding[];
}

/** The failure that these last words tell: everything said against the first resource that was refused, else what the CLI printed. */
export function failureOf(
  operation: string,
  { diagnostics, findings, stderr, log }: Told & { stderr: string; log: string },
): EngineFailure {
  const errors = diagnostics.filter(({ severity, message }) => severity === "error" && !ECHO.test(message));
  const first = errors.find(({ urn }) => isResource(urn)) ?? errors[0];
  const reasons = errors.filter(({ urn }) => urn === first?.urn).map(({ message }) => message.replace(FRAME, ""));
  const printed = stderr
    .trim()
    .split("\n")
    .at(-1)
    ?.replace(/^error: /, "");
  return new EngineFailure({
    operation,
    resource: first && isResource(first.urn) ? { type: typeOf(first.urn), name: nameOf(first.urn) } : undefined,
    reason: [...new Set(reasons)].join("; ") || refusals(findings) || printed || "the engine ended without a word",
    findings,
    log,
  });
}

const refusals = (findings: readonly PolicyFinding[]): string =>
  findings
    .filter(({ level }) => level === "mandatory")
    .map(({ message }) => message)
    .join("; ");

const isResource = (urn: string): boolean => urn !== "" && !typeOf(urn).startsWith("pulumi:pulumi:");
