import type { EnvironmentName } from "#stacks/inputs/environments/profile";

/** What a gate that has not passed does: `off` is not asked, `advisory` is told, `mandatory` stops the promotion. */
export type Level = "off" | "advisory" | "mandatory";

/** Part of the data on which a version was measured. What it was trained on proves nothing. */
type Split = "test" | "validation";

/**
 * How good a version must be. Whether a higher value is better follows from which bound is given, and must agree with what is known of the
 * metric (stacks/inputs/releases/metrics.ts).
 */
export type Evaluation = {
  metric: `${Split}.${string}`;
  /** By how much it may be worse than the version that runs in the environment. @default 0 */
  tolerance?: number;
} & ({ atLeast: number } | { atMost: number });

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
type Day = (typeof DAYS)[number];

/** When changes are made: always, or on days of the week between two times of day, as clocks there show them. */
export type ChangeWindow =
  | { open: "always" }
  | {
      open: "weekly";
      days: readonly Day[];
      /** `09:00`. */
      from: string;
      /** `16:00`, not included; later than `from`. */
      until: string;
      /** IANA time zone. */
      zone: string;
    };

/** What a promotion to an environment needs. */
export interface Requirements {
  /** Level of a gate, by its name. @default "mandatory" */
  levels: Readonly<Record<string, Level>>;
  /** Hours for which a version must have run in the environment before. */
  soakHours: number;
  /** How good a model must be; `models` has those that are measured by something else. */
  evaluation: Evaluation & { models?: Readonly<Record<string, Evaluation>> };
  /** Most hours since the newest backup of the database when the platform changes. */
  backupHours: number;
  approvals: {
    /** People who must approve, none of whom made the release or asks for the promotion. */
    people: number;
    /** Days for which an approval counts. */
    days: number;
  };
  window: ChangeWindow;
}

/** What the seed asks of a model: an AUC of at least 0.85 on data that it has not seen, and no worse than the version in production. */
const evaluation = { metric: "test.auc", atLeast: 0.85 } as const;

/** What each environment asks for. Hours of soak and numbers of people are those of the seed. */
export const requirements: Readonly<Record<EnvironmentName, Requirements>> = {
  /** Where people try things: what is not met is told, except for what would break the environment. */
  dev: {
    levels: {
      signature: "advisory",
      soak: "advisory",
      evaluation: "advisory",
      drift: "advisory",
      capacity: "advisory",
      quotas: "advisory",
      backup: "off",
    },
    soakHours: 0,
    evaluation,
    backupHours: 24,
    approvals: { people: 0, days: 7 },
    window: { open: "always" },
  },
  /** Has every gate of prod. Nobody waits for its database. */
  staging: {
    levels: { backup: "advisory" },
    // Two hours: the longest release of a model in dev, 4 shares and a soak, takes a quarter of it.
    soakHours: 2,
    evaluation,
    backupHours: 24,
    approvals: { people: 1, days: 7 },
    window: { open: "always" },
  },
  prod: {
    levels: {},
    // A day: every hour of a day has its own load.
    soakHours: 24,
    evaluation,
    // The database is backed up every night.
    backupHours: 24,
    approvals: { people: 2, days: 7 },
    // Somebody is at work for an hour after the last change, and on the day after it.
    window: { open: "weekly", days: ["mon", "tue", "wed", "thu"], from: "09:00", until: "16:00", zone: "Europe/Stockholm" },
  },
};
