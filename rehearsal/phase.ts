import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import type { Command } from "#toolchain/locate";
import type { CrdFile } from "#toolchain/projects";
import type { FoundChart } from "./charts/found.ts";
import type { ClusterTools } from "./cluster/cluster.ts";
import type { Inside } from "./cluster/isolation/inside.ts";
import type { Outcome } from "./outcome.ts";
import type { RealProvider } from "./plugins/install.ts";
import type { Made, PhaseName } from "./results.ts";

/** What every phase is given. */
export interface Ground {
  environment: EnvironmentName;
  inside: Inside;
  tools: ClusterTools & { pulumi: string; kubernetes: RealProvider; kubectl: Command };
  /** Files of custom resource definitions, by their project. */
  definitions: readonly CrdFile[];
  /** Charts that this machine has. */
  found: readonly FoundChart[];
  /** What the rehearsal has found out so far; a phase adds its part. */
  outcome: Outcome;
  /** How often each scenario is tried. @default 1 */
  times?: number;
  /** Says what the phase is waiting for right now. */
  update: (text: string) => void;
}

/** What a phase works with: the ground, and what the phases have made that it needs. */
export type Context<Needs extends PhaseName> = Ground & Intersection<Made<Needs>>;

type Intersection<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void ? All : never;

/** What decides whether a phase is left out. */
export interface Choice {
  environment: EnvironmentName;
  /** Release versions under load. */
  traffic: boolean;
  /** Leave everything up at the end. */
  keep: boolean;
}

/** One step of a rehearsal. Its context holds what it says that it needs, and nothing else; it must make what `Results` promises. */
export interface Phase<Name extends PhaseName = PhaseName, Needs extends PhaseName = PhaseName> {
  /** Its name on the screen, in `--only` and in `--until`. */
  readonly name: Name;
  /** What it does, in one line. */
  readonly summary: string;
  /** Phases that must have run before it. */
  readonly needs: readonly Needs[];
  /** Whether only `--only` and `--until` with its name make it run. @default - it runs with all others */
  readonly onRequest?: true;
  /** Whether nothing is said of it where nobody asks for it: there are many such. @default - that it was not asked for */
  readonly quiet?: true;
  /** Whether the phases after it run although it fails: they do not build on it. The rehearsal has failed all the same. @default - they do not */
  readonly apart?: true;
  /** Why this rehearsal goes without it. @default - it is run */
  skip?(choice: Choice): string | undefined;
  /**
   * @returns in a few words what came of it, and what it has made.
   * @throws when something does not hold: the rehearsal ends there.
   */
  run(context: Context<Needs>): Promise<{ detail: string } & Made<Name>>;
}

/** Declares a phase, so that its name and its needs decide what it is given and what it must make. The compiler checks both. */
export const phase = <const Name extends PhaseName, const Needs extends PhaseName = never>(
  definition: Phase<Name, Needs>,
): Phase<Name, Needs> => definition;
