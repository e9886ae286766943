import type { ResourceProgress } from "#engine/events";
import type { DataPlaneNames, RehearsalCluster } from "./cluster/cluster.ts";
import type { Trained } from "./model-store/train.ts";
import type { ScenarioName } from "./scenarios/names.ts";
import type { Served } from "./served.ts";
import type { Caller } from "./tracking/server.ts";
import type { Leases } from "./training/leases.ts";
import type { Workspace } from "./workspace.ts";

/** What a phase makes for the phases that need it; most make nothing. */
export interface Results {
  "control-plane": { cluster: RehearsalCluster };
  project: {
    workspace: Workspace;
    /** Sets the function that is called for each resource that the engine has finished. It replaces the one before. */
    listen: (to: (resource: ResourceProgress) => void) => void;
  };
  /** Versions whose files lie in the model store. */
  models: {
    versions: readonly Trained[];
    /** Who has recorded them with the tracking server. @default - nobody has */
    trainer: Caller | undefined;
  };
  foundation: Nothing;
  platform: { dataPlane: DataPlaneNames };
  controllers: Nothing;
  tracking: Nothing;
  workloads: { served: Served };
  "second-team": { second: Served };
  training: {
    leases: Leases;
    /** Waits until every job has trained to its end. */
    trained: () => Promise<void>;
  };
  "gpus-returned": Nothing;
  monitoring: Nothing;
  "preview-again": Nothing;
  "first-answer": Nothing;
  "bad-changes": Nothing;
  "bad-objects": Nothing;
  access: Nothing;
  release: Nothing;
  "bad-release": Nothing;
  runbooks: Nothing;
  "kill-points": Nothing;
  promotion: Nothing;
  secrets: Nothing;
  protection: Nothing;
  destroy: Nothing;
  "hand-over": Nothing;
}

type Nothing = Record<never, never>;

/** What a phase makes for those that need it. */
export type Made<Name extends PhaseName> = Name extends keyof Results ? Results[Name] : Nothing;

export type PhaseName = keyof Results | `scenario-${ScenarioName}`;
