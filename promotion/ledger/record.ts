import { createHash } from "node:crypto";
import * as z from "zod";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { canonicalText } from "#stacks/inputs/releases/canonical";
import { PLATFORM_ID, VERSION } from "#stacks/inputs/releases/schema";

const text = z.string().min(1);
const hex = z.string().regex(/^[0-9a-f]{64}$/, { error: "must be 64 hexadecimal digits" });

/** A process that acts: who, and where, so that others can find out whether it is still there. */
export const owner = z.strictObject({
  /** Person, `Ada <ada@example.com>`, or actor of a CI job. */
  who: text,
  host: text,
  /** Digest of the machine's own id: hosts and containers may share a name. @default - it has none that a program may read */
  machine: z.optional(text),
  /** Identity of the running kernel of the host: another one means that every process of before is gone. */
  boot: text,
  /** Namespace of process ids on Linux: containers of one host count from 1 each. @default - the system has no such thing */
  namespace: z.optional(text),
  pid: z.int().positive(),
  /** When the process began, as its host counts: a process id is given again. */
  started: text,
  /** Address of the CI job. @default - a person's own machine */
  job: z.optional(text),
});

/** `platform`, or `models/<model>`. */
const subject = z
  .string()
  .regex(/^(platform|models\/[a-z][a-z0-9-]*)$/, { error: "must be platform, or models/ and the name of a model" });

const modelSubject = subject.refine((one) => one !== "platform", { error: "must be models/ and the name of a model" });

const FORMS = {
  model: { form: VERSION, error: "must be a version of a model, such as 4" },
  platform: { form: PLATFORM_ID, error: "must be an id of the platform, such as 2026.11.21-1" },
};
const version = z.string().regex(FORMS.model.form, { error: FORMS.model.error });

/** A model or the platform going from one release to another. */
export const change = z
  .strictObject({
    subject,
    /** Version or id that ran before; `null` where none did. */
    from: z.nullable(text),
    /** Version or id that is to run. */
    to: text,
    /** Digest of the release that `to` names. */
    digest: hex,
  })
  .superRefine(({ subject: of, from, to }, context) => {
    const { form, error } = of === "platform" ? FORMS.platform : FORMS.model;
    for (const [key, each] of Object.entries({ from, to })) {
      if (each !== null && !form.test(each)) {
        context.addIssue({ code: "custom", path: [key], message: error });
      }
    }
  });

/** What a gate said. */
export const verdict = z.strictObject({
  gate: text,
  state: z.enum(["passed", "failed", "advised", "not required"]),
  detail: text,
  /** What to do where it has not passed. */
  remedy: z.optional(text),
});

/** An approval that counted. */
export const approval = z.strictObject({
  by: text,
  /** Where it was given: a signed file, or the address of a review. */
  source: text,
  time: z.iso.datetime(),
});

/** Digest of the state of each layer that is concerned and up. */
const states = z.partialRecord(z.enum(["foundation", "platform", "workloads"]), hex);

const common = {
  environment: z.enum(ENVIRONMENTS),
  /** Number in the chain of the environment, from 1. */
  number: z.int().positive(),
  /** Digest of the record before; `null` for the first. */
  previous: z.nullable(hex),
  time: z.iso.datetime(),
  owner,
};

const operation = z.enum(["promote", "rollback"]);

/**
 * An event of an environment.
 *
 * - `begin`: somebody is about to change the environment. Until `done` or `failed` follows, nobody else may: the chain is the lock.
 * - `taken-over`: somebody goes on with what another process began and did not end, because that process is provably gone.
 * - `done`: every layer is up. Of a model, its release goes on by itself until `stable` or `thrown-out`.
 * - `failed`: a layer was refused; those in `layers` are up. Nobody holds the environment; the same command goes on.
 * - `stable`, `thrown-out`: what the measurements of a model's release said in the end.
 * - `continued`, `aborted`: a person let a model's release go on where it waited, or gave its users back to the version before.
 * - `hold`, `resume`: a person forbids and allows changes of a subject, or of all where it is left out.
 */
export const record = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({
      ...common,
      kind: z.literal("begin"),
      operation,
      changes: z.array(change).min(1),
      // What a gate stops does not begin.
      gates: z.array(
        verdict.refine(({ state }) => state !== "failed", { path: ["state"], error: "must be passed for anything to begin" }),
      ),
      approvals: z.array(approval),
      states,
      /** Commit of the program that brings the layers up. */
      program: text,
      /** Why, in a person's words. */
      reason: z.optional(text),
    }),
    z.strictObject({ ...common, kind: z.literal("taken-over"), begin: z.int().positive(), why: text }),
    z.strictObject({
      ...common,
      kind: z.literal("done"),
      begin: z.int().positive(),
      states,
      seconds: z.number().nonnegative({ error: "must be 0 or more" }),
    }),
    z.strictObject({
      ...common,
      kind: z.literal("failed"),
      begin: z.int().positive(),
      /** Layers that are up in their new form. */
      layers: z.array(z.enum(["foundation", "platform", "workloads"])),
      why: text,
    }),
    z.strictObject({ ...common, kind: z.literal("stable"), begin: z.int().positive(), subject, version }),
    z.strictObject({
      ...common,
      kind: z.literal("thrown-out"),
      begin: z.int().positive(),
      subject,
      version,
      why: text,
    }),
    z.strictObject({ ...common, kind: z.literal("continued"), subject: modelSubject, version, reason: text }),
    z.strictObject({ ...common, kind: z.literal("aborted"), subject: modelSubject, version, reason: text }),
    z.strictObject({ ...common, kind: z.literal("hold"), subject: z.optional(subject), reason: text }),
    z.strictObject({ ...common, kind: z.literal("resume"), subject: z.optional(subject), reason: text }),
  ],
  {
    error: ({ code }) =>
      code === "invalid_union"
        ? "must be begin, taken-over, done, failed, stable, thrown-out, continued, aborted, hold or resume"
        : undefined,
  },
);

export type LedgerRecord = z.infer<typeof record>;
export type RecordOf<Kind extends LedgerRecord["kind"]> = Extract<LedgerRecord, { kind: Kind }>;
export type Owner = z.infer<typeof owner>;
export type Change = z.infer<typeof change>;
export type Verdict = z.infer<typeof verdict>;
export type Approval = z.infer<typeof approval>;
export type Operation = z.infer<typeof operation>;

/** A record before it has its place in the chain. */
export type Draft = DistributiveOmit<LedgerRecord, "number" | "previous">;
type DistributiveOmit<T, Keys extends PropertyKey> = T extends unknown ? Omit<T, Keys> : never;

/** Digest of a record, by which the next one names it: sha256 over its text. */
export const digestOfRecord = (one: LedgerRecord): string => createHash("sha256").update(canonicalText(one)).digest("hex");
