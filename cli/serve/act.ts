import { setTimeout as sleep } from "node:timers/promises";
import { ownerHere } from "#promotion/owner";
import { type Act, act } from "#promotion/rollouts/act";
import type { LiveModel } from "#promotion/rollouts/live";
import { MachineError } from "#toolchain/errors";
import { ledgerIfNamed, ledgerOfPromotions } from "../audit/ledger.ts";
import { environmentNamed } from "../bad-input.ts";
import { demandYes } from "../promote/ask.ts";
import { lineIn } from "../promote/line.ts";
import { answer, sayBeside } from "../say.ts";
import { servedModel } from "./models.ts";
import { liveText } from "./text.ts";

interface Options {
  env: string;
  reason: string;
  yes?: boolean;
  json?: boolean;
}

/** Seconds until the controller must have done what it was told. */
const PATIENCE = 60;

/** `serve promote` and `serve abort`. */
export async function actOn(what: Act, model: string, { env, reason: text, yes = false, json = false }: Options): Promise<void> {
  const environment = environmentNamed(env);
  const reason = lineIn("--reason", text);
  const ledger = ledgerIfNamed() === undefined ? undefined : ledgerOfPromotions();
  const live = await servedModel(model);
  sayBeside(liveText(live));
  const question =
    what === "aborted"
      ? `give all users of ${model} back to ${live.stable || "no version"}`
      : `go on with ${model} ${live.version}`;
  await demandYes(`${question} in ${environment}?`, { yes, json });
  await act(what, live, { environment, owner: ownerHere(), reason, ledger });
  const after = await until(model, (now) =>
    what === "aborted" ? now.state === "thrown out" && now.weight === 0 : now.state !== "paused",
  );
  answer(json, after, () => liveText(after));
}

async function until(model: string, holds: (live: LiveModel) => boolean): Promise<LiveModel> {
  for (const deadline = Date.now() + PATIENCE * 1_000; ; await sleep(500)) {
    const live = await servedModel(model);
    if (holds(live)) {
      return live;
    }
    if (Date.now() > deadline) {
      throw new MachineError(
        `${model} was told, and the controller has not followed within ${PATIENCE} s.`,
        "Look at Argo Rollouts: kubectl -n argo-rollouts get pods.",
      );
    }
  }
}
