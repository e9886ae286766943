import { adopt } from "#promotion/adopt";
import { ownerHere } from "#promotion/owner";
import { printJson } from "../say.ts";
import { failing } from "./failing.ts";
import { workOn } from "./target.ts";

/** `promote adopt`. */
export async function adoptEnvironment({ to, json = false }: { to: string; json?: boolean }): Promise<void> {
  const { target, step } = workOn(to, json);
  try {
    const record = await step(
      "adopt",
      () => adopt(target, ownerHere()),
      ({ number }) => `record ${number} says what ${to} runs`,
    );
    if (json) {
      printJson(record);
    }
  } catch (error) {
    process.exitCode = failing(error, target.environment, json);
  }
}
