import { join } from "node:path";
import { demandNothingReplaced } from "#promotion/rehearsed";
import type { Target } from "#promotion/target";
import { folderOfReleases } from "#stacks/inputs/releases/read";
import { ledgerOfPromotions } from "../audit/ledger.ts";
import { environmentNamed } from "../bad-input.ts";
import { interruption } from "../interrupt.ts";
import { homeFolder } from "../rehearsal.ts";
import { rehearsalScreen } from "../rehearse-screen.ts";

/** What a command works on, with a screen that shows how it goes. */
export interface Work {
  target: Target;
  /** One step of the work, with a line of its own. */
  step: <T>(name: string, work: () => Promise<T>, detail: (result: T) => string) => Promise<T>;
}

/** @throws {BadInput} when there is no such environment, or no ledger. @throws {pulumi.RunError} when a variable replaces what stands in the repository. */
export function workOn(environment: string, json: boolean): Work {
  demandNothingReplaced();
  const screen = rehearsalScreen(json);
  const target: Target = {
    environment: environmentNamed(environment),
    releases: folderOfReleases(),
    ledger: ledgerOfPromotions(),
    home: join(homeFolder(), "promotion"),
    update: (text) => screen.update(text),
    signal: interruption(),
  };
  return {
    target,
    step: async (name, work, detail) => {
      const began = performance.now();
      const end = (state: "done" | "failed", text: string): void =>
        screen.end({ name, state, detail: text, seconds: (performance.now() - began) / 1000 });
      screen.begin(name);
      try {
        const result = await work();
        end("done", detail(result));
        return result;
      } catch (error) {
        end("failed", (error as Error).message.split("\n")[0]!);
        throw error;
      }
    },
  };
}
