import type { Layer } from "#stacks/contracts";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import type { ModelRelease, PlatformRelease } from "#stacks/inputs/releases/schema";
import type { Approvals } from "../approvals/approval.ts";
import type { Change, LedgerRecord, Owner } from "../ledger/record.ts";
import type { Requirements } from "../requirements.ts";
import type { Settings } from "../settings.ts";

/** A model that is to run in another version, with what runs now. */
export type ModelCandidate = Change & { release: ModelRelease; champion: ModelRelease | undefined };

/** A change with the releases that it names. */
export type Candidate = ModelCandidate | (Change & { release: PlatformRelease });

/** What a preview of a layer wants, with the program and the releases that are to run. */
export interface LayerPreview {
  layer: Layer;
  create: number;
  update: number;
  delete: number;
  replace: number;
  /** URNs of what would be replaced or deleted. */
  replaced: readonly string[];
  deleted: readonly string[];
  /** What the policy pack found, mandatory and advisory. A mandatory rule that could not be decided counts too. */
  findings: readonly { policy: string; level: string; urn: string; message: string }[];
}

/** A layer as it is now. */
export interface LayerState {
  layer: Layer;
  /** Digest of the state; `null` where the layer is not up. */
  digest: string | null;
  /** Operations that a killed engine has begun and nobody has ended. */
  pending: readonly string[];
  /** Who holds the lock of the state, in words. */
  lockedBy?: string;
  /** What somebody changed past the program: one line each. */
  drift: readonly string[];
}

/**
 * What gates decide by. Everything that must be asked for is a function: a gate that is not required asks nothing, and a question that
 * fails makes its gate fail.
 */
export interface Facts {
  environment: EnvironmentName;
  /** Environment before it; absent for the first. */
  before: EnvironmentName | undefined;
  candidates: readonly Candidate[];
  now: Date;
  /** Who asks for the promotion. */
  owner: Owner;
  /** What people have set: who is who, who may approve what, and freezes. */
  settings: Settings;
  /** URNs of resources with data that a person allows to be replaced or deleted. Any demands one approval more. */
  allowReplace: readonly string[];
  /** What has happened in an environment, oldest first. */
  records: (environment: EnvironmentName) => Promise<readonly LedgerRecord[]>;
  /** Who signed a release. @throws {Error} saying why the signature does not count, or that there is none. */
  signer: (candidate: Candidate) => Promise<string>;
  previews: () => Promise<readonly LayerPreview[]>;
  states: () => Promise<readonly LayerState[]>;
  /** States as they were when the promotion was planned. @default - it is being planned */
  planned: Readonly<Partial<Record<Layer, string | null>>> | undefined;
  /** Pods that do not fit on the nodes of the environment, one line each. */
  misfits: () => Promise<readonly string[]>;
  /** Quotas of the account that are too low, one line each; `undefined` where no account is asked: then the gate has not passed. */
  quotas: () => Promise<readonly string[] | undefined>;
  /** When the newest backup of the environment's database was made; `undefined` where it has none yet. */
  backup: () => Promise<Date | undefined>;
  approvals: () => Promise<Approvals>;
}

/** What a gate found. */
export interface Finding {
  passed: boolean;
  /** In a few words, with the numbers: `26 h of 24 h`. */
  detail: string;
  /** What to do where it has not passed: the next command. */
  remedy?: string;
}

/** A condition of a promotion. A team adds its own as a file and a line in `index.ts`. */
export interface Gate {
  /** Its name on the screen, in the ledger and in the requirements. */
  readonly name: string;
  /** What must hold, in one line. */
  readonly summary: string;
  /** Exit code of a promotion that only this gate stops. @default 10 */
  readonly exit?: number;
  /** Whether it concerns these candidates. @default - it does */
  concerns?(facts: Facts, requirements: Requirements): boolean;
  /** Decides. Whatever it throws, the gate has failed. */
  check(facts: Facts, requirements: Requirements): Promise<Finding> | Finding;
}
