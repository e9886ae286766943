import type { Gate } from "./gate.ts";

const HOUR = 3_600_000;

/** Clocks of two machines may differ by this. */
const APART = 300_000;

export const backup: Gate = {
  name: "backup",
  summary: "the database has a fresh backup before the platform changes",
  // A model does not touch the database.
  concerns: ({ candidates }) => candidates.some(({ subject }) => subject === "platform"),
  async check({ environment, backup: newest, states, now }, { backupHours }) {
    const made = await newest();
    if (made === undefined) {
      const { digest } = (await states()).find(({ layer }) => layer === "foundation") ?? {};
      return digest === null
        ? { passed: true, detail: "there is no database yet" }
        : { passed: false, detail: "the database has no backup", remedy: `take a snapshot of the database of ${environment}` };
    }
    const age = now.getTime() - made.getTime();
    if (age < -APART) {
      return {
        passed: false,
        detail: `the newest backup is of ${made.toISOString()}, which is still to come`,
        remedy: "set the clock of this machine",
      };
    }
    const passed = age < backupHours * HOUR;
    return {
      passed,
      detail: `${Math.max(0, Math.floor(age / HOUR))} h old, less than ${backupHours} h is needed`,
      ...(!passed && { remedy: `take a snapshot of the database of ${environment}` }),
    };
  },
};
