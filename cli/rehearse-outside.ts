import { rmSync } from "node:fs";
import { takeDown } from "#rehearsal/isolation/down";
import { enterNamespace } from "#rehearsal/isolation/enter";
import { IsolationError } from "#rehearsal/isolation/errors";
import { Progress } from "#rehearsal/story/progress";
import { provideCrds } from "#rehearsal/toolchain/crds";
import { ToolchainError } from "#rehearsal/toolchain/errors";
import { provideTools, type ToolProgress } from "#rehearsal/toolchain/toolchain";
import { toolNames } from "#rehearsal/toolchain/tools";
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
        if (state !== "found") update(`${tool} ${state}: ${detail}, ${seconds.toFixed(0)} s`);
      };
      const tools = await provideTools(toolNames, { onProgress });
      await provideCrds({ onProgress });
      const built = Object.values(tools).filter(({ from }) => from === "built").length;
      const list = Object.values(tools)
        .map(({ name, version }) => `${name} ${version}`)
        .join(", ");
      return { value: tools, detail: `${built === 0 ? "nothing built" : `${built} built`} (${list})` };
    });
    process.env[TOOLS_PHASE] = JSON.stringify(progress.phases[0]);
    const code = await enterNamespace({ folder, environment, argv: process.argv.slice(1), keep });
    if (!keep || code !== 0) {
      await takeDown(folder);
    }
    return code;
  } catch (error) {
    if (error instanceof ToolchainError || error instanceof IsolationError) {
      console.error(`\n${error.message}`);
      return 1;
    }
    throw error;
  }
}
