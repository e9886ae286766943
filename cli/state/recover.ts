import type { Engine } from "#engine/engine";
import type { Found } from "#promotion/state/found";
import { deploymentOf } from "#promotion/state/layer-state";
import { mayExist } from "#promotion/state/pending";
import { recoverLayer } from "#promotion/state/recover";
import { NotRecovered, StateHeld } from "#promotion/state/refusal";
import { stackOf } from "#promotion/state/stack-files";
import { demandStack } from "#promotion/state/there";
import { counted } from "#render/counted";
import { LAYERS } from "#stacks/contracts";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { shown } from "#stacks/wording";
import { BadInput, environmentNamed } from "../bad-input.ts";
import { EXIT_HELD } from "../promote/failing.ts";
import { say, sayBeside } from "../say.ts";
import { saysYes } from "../says-yes.ts";
import { engineFor } from "./engine.ts";

/** `state recover`. */
export async function recover(word: string, { yes = false, found = [] }: { yes?: boolean; found?: string[] }): Promise<void> {
  const environment = environmentNamed(word);
  if (!yes && !(process.stdin.isTTY && process.stdout.isTTY)) {
    throw new BadInput(
      `'--yes' must be given where nobody can be asked, got no terminal: npx millrace state doctor ${environment} says what would be done`,
    );
  }
  const engine = engineFor(environment);
  await demandStack(engine, environment);
  const ids = new Map(found.map((pair) => pairOf(pair, environment)));
  if (ids.size > 0) {
    await demandBegun(ids, engine, environment);
  }
  const done: string[] = [];
  try {
    for (const layer of LAYERS) {
      done.push(
        ...(await recoverLayer(engine, layer, environment, {
          say: (text) => say(`→ ${text}`),
          found: ids,
          ...(!yes && { confirm: () => saysYes("  do it?") }),
        })),
      );
    }
    say(
      done.length === 0
        ? `${environment}: nothing is wrong`
        : `${environment}: mended in ${counted(done.length, "step")}; go on with the operation that was interrupted`,
    );
  } catch (error) {
    if (!(error instanceof NotRecovered)) {
      throw error;
    }
    sayBeside(error.message);
    process.exitCode = error instanceof StateHeld ? EXIT_HELD : 1;
  }
}

/** `<urn>=<id>`, as a person types it. */
function pairOf(word: string, environment: EnvironmentName): [urn: string, id: string] {
  const [, urn, id] = /^(urn:pulumi:[^=]+)=(.+)$/.exec(word) ?? [];
  if (urn === undefined || id === undefined) {
    throw new BadInput(
      `'--found' must be <urn>=<id>, got ${shown(word)}: npx millrace state doctor ${environment} names what was begun`,
    );
  }
  return [urn, id];
}

/** @throws {BadInput} for what nobody has begun to create. */
async function demandBegun(ids: Found, engine: Engine, environment: EnvironmentName): Promise<void> {
  const deployments = await Promise.all(LAYERS.map((layer) => deploymentOf(engine, stackOf(layer, environment))));
  const begun = deployments.flatMap(mayExist).map(({ resource }) => resource.urn);
  const strangers = [...ids.keys()].filter((urn) => !begun.includes(urn));
  if (strangers.length > 0) {
    throw new BadInput(
      strangers
        .map(
          (urn) =>
            `'--found' must be a creation that was begun and not ended (${begun.join(", ") || "there is none"}), got ${shown(urn)}`,
        )
        .join("\n"),
    );
  }
}
