// What the engine tells while it works, reduced to what Millrace shows and decides by.

import type { EngineEvent, OpMap, OpType } from "@pulumi/pulumi/automation/index.js";
import { isPatchForce } from "./patch-force.ts";
import { propertyChanges, type Step } from "./step.ts";

/** One resource that has been dealt with. */
export interface ResourceProgress {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** What happened to it, in the engine's words: `create`, `update`, `delete`, `same`, `create-replacement` … */
  readonly op: OpType;

  /** Resources dealt with so far, this one included, components counted too. */
  readonly done: number;

  /** How many there will be. @default - unknown, because no earlier operation counted this stack */
  readonly total?: number;
}

/** How many resources were created, updated, deleted, replaced and left alone. */
export interface Changes {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  readonly replace: number;
  readonly same: number;
}

/** Resources that do not stay what they are. */
export interface Consequences {
  /** Everything but what stays the same or is only read. */
  readonly steps: readonly Step[];

  /** What is made anew in place of what is there. */
  readonly replaced: readonly string[];

  /** What is deleted and not made anew. */
  readonly deleted: readonly string[];
}

/** A message of the engine, the program or a provider. */
export interface Diagnostic {
  readonly severity: string;
  readonly urn: string;
  readonly message: string;
}

/** A violation that a policy pack found, or a rule that it could not decide. */
export interface PolicyFinding {
  /** Name of the policy; ours is the rule's id. */
  readonly policy: string;
  readonly level: string;
  readonly urn: string;
  readonly message: string;
}

/** Collects what one operation tells. */
export interface EventReader {
  readonly take: (event: EngineEvent) => void;
  readonly diagnostics: readonly Diagnostic[];
  readonly findings: readonly PolicyFinding[];

  /** From the summary at the end. @throws {Error} when none came. */
  readonly changes: () => Changes;

  readonly consequences: () => Consequences;
}

/** Reads events as they come. @param onResource - called for each resource once it is done */
export function createEventReader(onResource: (progress: ResourceProgress) => void): EventReader {
  // Components, and the stack itself, are told of twice: when they are registered and when their outputs are.
  const done = new Set<string>();
  const steps: Step[] = [];
  let counts: OpMap | undefined;
  const diagnostics: Diagnostic[] = [];
  const findings: PolicyFinding[] = [];

  return {
    diagnostics,
    findings,
    take({ diagnosticEvent, resOutputsEvent, policyEvent, summaryEvent }) {
      if (diagnosticEvent && !diagnosticEvent.ephemeral) {
        const { severity, urn = "", message } = diagnosticEvent;
        diagnostics.push({ severity, urn, message: message.trim() });
      } else if (resOutputsEvent && !isDefaultProvider(resOutputsEvent.metadata.urn)) {
        const { urn, op, type } = resOutputsEvent.metadata;
        if (!done.has(`${op} ${urn}`)) {
          done.add(`${op} ${urn}`);
          const step = { urn, op, properties: propertyChanges(resOutputsEvent.metadata) };
          if (!UNCHANGED.has(op) && !isPatchForce(step)) {
            steps.push(step);
          }
          onResource({ urn, type, name: nameOf(urn), op, done: done.size });
        }
      } else if (policyEvent) {
        const { policyName, enforcementLevel, resourceUrn = "", message } = policyEvent;
        findings.push({ policy: policyName, level: enforcementLevel, urn: resourceUrn, message: message.trim() });
      } else if (summaryEvent) {
        counts = summaryEvent.resourceChanges;
      }
    },
    changes() {
      if (counts === undefined) {
        throw new Error("the engine must end with a summary of changes, it ended without one");
      }
      const { create = 0, update = 0, delete: deleted = 0, replace = 0, same = 0 } = counts;
      return { create, update, delete: deleted, replace, same };
    },
    consequences: () => ({ steps, replaced: urnsOf(steps, REPLACEMENTS), deleted: urnsOf(steps, DELETIONS) }),
  };
}

/** Operations after which a resource is what it was. A refresh changes the state alone. */
const UNCHANGED: ReadonlySet<OpType> = new Set(["same", "refresh", "read"]);

const DELETIONS: ReadonlySet<OpType> = new Set(["delete"]);

/** Steps of a replacement. Which of them are told of depends on whether the old resource goes first. */
const REPLACEMENTS: ReadonlySet<OpType> = new Set(["replace", "create-replacement", "delete-replaced", "import-replacement"]);

const urnsOf = (steps: readonly Step[], ops: ReadonlySet<OpType>): string[] => [
  ...new Set(steps.filter(({ op }) => ops.has(op)).map(({ urn }) => urn)),
];

/** The engine makes these for itself and leaves them out of its counts. */
const isDefaultProvider = (urn: string): boolean =>
  typeOf(urn).startsWith("pulumi:providers:") && nameOf(urn).startsWith("default");

/** Name of a resource in its program. */
export const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";

/** Type token of a resource. */
export const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";
