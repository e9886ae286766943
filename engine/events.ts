// The stream of events with which the engine tells what it does, one JSON object a line.

/** What happens to a resource, in the engine's words: `create`, `update`, `delete`, `same`, `create-replacement` … */
export type Step = string;

/** One resource that has been dealt with. */
export interface ResourceProgress {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly op: Step;

  /** Resources dealt with so far, this one included, components counted too. */
  readonly done: number;

  /** How many there will be, where an earlier run of the same stack told. */
  readonly total?: number;
}

/** How many resources were made, changed, deleted, replaced and left alone. */
export interface Changes {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  readonly replace: number;
  readonly same: number;
}

/** Something that the engine, the program or a provider said. */
export interface Diagnostic {
  readonly severity: string;
  readonly urn: string;
  readonly message: string;
}

/** What a policy pack found, or a rule that it could not decide. */
export interface PolicyFinding {
  /** Name of the policy; ours is the rule's id. */
  readonly policy: string;
  readonly level: string;
  readonly urn: string;
  readonly message: string;
}

/** Collects what one run of the engine tells. */
export interface EventReader {
  /** Takes a piece of the stream; lines may be cut anywhere. */
  push(piece: string): void;
  readonly diagnostics: readonly Diagnostic[];
  readonly findings: readonly PolicyFinding[];

  /** From the summary; `undefined` while there is none. */
  changes(): Changes | undefined;
}

/**
 * Reads events as they come.
 *
 * @param onResource called for each resource once it is done
 * @param onLine called with one readable line an event, for a log; no property values among them
 */
export function eventReader(onResource: (progress: ResourceProgress) => void, onLine: (line: string) => void): EventReader {
  let rest = "";
  // Components, and the stack itself, are told of twice: when they are registered and when their outputs are.
  const done = new Set<string>();
  let counts: Record<string, number> | undefined;
  const diagnostics: Diagnostic[] = [];
  const findings: PolicyFinding[] = [];

  const take = (event: Record<string, any>): void => {
    const { diagnosticEvent, resOutputsEvent, resOpFailedEvent, policyEvent, summaryEvent } = event;
    if (diagnosticEvent && diagnosticEvent.severity !== "debug" && !diagnosticEvent.ephemeral) {
      const { severity, urn = "", message } = diagnosticEvent;
      diagnostics.push({ severity, urn, message: String(message).trim() });
      onLine(`${severity} ${nameOf(urn)} ${String(message).trim()}`);
    } else if (resOutputsEvent) {
      const { urn, op, type } = resOutputsEvent.metadata;
      if (!done.has(`${op} ${urn}`)) {
        done.add(`${op} ${urn}`);
        onResource({ urn, type, name: nameOf(urn), op, done: done.size });
        onLine(`${op} ${type} ${nameOf(urn)}`);
      }
    } else if (resOpFailedEvent) {
      const { urn, op, type } = resOpFailedEvent.metadata;
      onLine(`failed to ${op} ${type} ${nameOf(urn)}`);
    } else if (policyEvent) {
      const { policyName, enforcementLevel, resourceUrn = "", message } = policyEvent;
      findings.push({ policy: policyName, level: enforcementLevel, urn: resourceUrn, message: String(message).trim() });
      onLine(`${enforcementLevel} ${policyName} ${nameOf(resourceUrn)} ${String(message).trim()}`);
    } else if (summaryEvent) {
      counts = summaryEvent.resourceChanges;
      onLine(`summary ${JSON.stringify(counts)} in ${summaryEvent.durationSeconds} s`);
    }
  };

  return {
    diagnostics,
    findings,
    push(piece) {
      const lines = (rest + piece).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line.startsWith("{")) {
          take(JSON.parse(line));
        } else if (line.trim() !== "") {
          onLine(line);
        }
      }
    },
    changes: () =>
      counts && {
        create: counts["create"] ?? 0,
        update: counts["update"] ?? 0,
        delete: counts["delete"] ?? 0,
        replace: counts["replace"] ?? 0,
        same: counts["same"] ?? 0,
      },
  };
}

/** Name of a resource in its program. */
export const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";

/** Type token of a resource. */
export const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";
