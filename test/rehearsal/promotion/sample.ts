import type { PromotionOutcome } from "#rehearsal/promotion/outcome";
import type { Mark, Place, StepResult } from "#rehearsal/promotion/scene";

export const step = (place: Place, title: string, rest: Partial<StepResult> = {}): StepResult => ({
  title,
  place,
  command: "npx millrace promote fraud@4",
  at: 0,
  seconds: 2,
  exit: 0,
  output: "fraud 4",
  ...rest,
});

export const shows = (kind: Mark["kind"], version = "4", subject = "fraud"): { shows: Mark } => ({
  shows: { kind, subject, version },
});

/** A promotion in which everything happens. */
export const promoted = (rest: Partial<PromotionOutcome> = {}): PromotionOutcome => ({
  began: "2026-11-21T15:28:00.000Z",
  seconds: 411,
  ok: true,
  kept: false,
  parts: [
    {
      environment: "dev",
      upSeconds: 61,
      downSeconds: 30,
      memory: 2_800,
      phases: [{ name: "control-plane", state: "done", detail: "", seconds: 9 }],
    },
    { environment: "staging", phases: [] },
    { environment: "prod", phases: [] },
  ],
  first: { fraud: "3", platform: "2026.11.21-1" },
  steps: [
    step("repository", "fraud 4 is released", shows("made")),
    step("dev", "fraud 4 arrives in dev", { ...shows("arrives"), seconds: 80 }),
    step("prod", "an unsoaked version is refused", { ...shows("stopped"), exit: 10 }),
    step("staging", "fraud 4 arrives in staging", shows("arrives")),
    step("prod", "two people approve", shows("approved")),
    step("prod", "fraud 4 arrives in prod", shows("arrives")),
    step("prod", "fraud 5 is thrown out", { ...shows("thrown-out", "5"), exit: 13 }),
    step("prod", "back to 3", { ...shows("back", "3"), measures: "rollback", ends: "4", seconds: 4, usersSeconds: 1.5 }),
    step("prod", "nobody promotes", shows("held")),
    step("dev", "the audit <holds>"),
  ],
  users: [
    {
      environment: "prod",
      model: "fraud",
      at: 100,
      total: 500,
      failed: 3,
      byVersion: { "3": 250, "4": 250 },
      timeline: [
        { at: 100, total: 250, failed: 0, byVersion: { "3": 250 } },
        { at: 101, total: 250, failed: 3, byVersion: { "4": 247 } },
      ],
      lastAnswers: { "3": 100.9, "4": 101.9 },
    },
  ],
  ...rest,
});
