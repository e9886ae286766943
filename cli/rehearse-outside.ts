import { rmSync } from "node:fs";
import { takeDown } from "#rehearsal/cluster/isolation/down";
import { enterNamespace } from "#rehearsal/cluster/isolation/enter";
import { Progress } from "#rehearsal/progress";
import { provideCrds } from "#toolchain/crds";
import { MachineError } from "#toolchain/errors";
import { provideTools, type ToolProgress } from "#toolchain/toolchain";
import { TOOL_NAMES } from "#toolchain/tools";
import { type Rehearsal, TOOLS_PHASE } from "./rehearsal.ts";
import { lines, rehearsalScreen } from "./rehearse-screen.ts";

/** The half of a rehearsal that has a network: tools; then everything else in a namespace. @returns the exit code. */
export async function outside({ environment, folder, report, keep, json }: Rehearsal): Promise<number> {
  const screen = rehearsalScreen(json);
  lines(json)(`${environment}, rehearsed here · AWS simulated · charts recorded, not rendered\n`);
  // What an earlier run found out must not be taken for what this one did.
  rmSync(report, { force: true });
  try {
    const progress = new Progress(screen);
    await progress.phase("tools", async (update) => {
      const onProgress = ({ tool, state, detail, seconds }: ToolProgress): void => {
        if (state !== "found") {
          update(`${tool} ${state}: ${detail}, ${seconds.toFixed(0)} s`);
        }
      };
      const tools = await provideTools(TOOL_NAMES, { onProgress });
      await provideCrds({ onProgress });
      const built = Object.values(tools).filter(({ from }) => from === "built").length;
      const list = Object.values(tools)
        .map(({ name, version }) => `${name} ${version}`)
        .join(", ");
      return { detail: `${built === 0 ? "nothing built" : `${built} built`} (${list})` };
    });
    process.env[TOOLS_PHASE] = JSON.stringify(progress.phases[0]);
    const code = await enterNamespace({ folder, environment, argv: process.argv.slice(1), keep });
    if (!keep || code !== 0) {
      await takeDown(folder);
    }
    return code;
  } catch (error) {
    if (error instanceof MachineError) {
      console.error(`\n${error.message}`);
      return 1;
    }
    throw error;
  }
}
