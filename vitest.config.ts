import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take seconds, begun first: one that began last would run alone on one core. */
const LONGEST = ["stacks/independence", "plan/capacity/sizes", "plan/environment", "iam/deploying-role"];

/** What starts programs of its own (the command line, the policy pack, the engine, promtool, Git, tar, processes of pods), or tries tens of thousands of inputs: `npm run test:e2e`. */
const END_TO_END = "test/**/*.e2e.test.ts";

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files);
    const longest = LONGEST.flatMap((name) => others.filter(({ moduleId }) => moduleId.endsWith(`/test/${name}.test.ts`)));
    return [...new Set([...longest, ...others])];
  }
}

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: "unit", include: ["test/**/*.test.ts"], exclude: [END_TO_END] } },
      { extends: true, test: { name: "e2e", include: [END_TO_END] } },
    ],
    // Importing the Pulumi SDK is nine tenths of a test file's time; state is reset by `setMocks`, not by isolation.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    globalSetup: ["test/harness/temporary-folder.ts"],
    setupFiles: ["test/harness/compile-cache.ts"],
    pool: "threads",
    // Vitest leaves one core to itself, which is half of a small machine.
    maxWorkers: "100%",
    // Makes `${output}` and JSON.stringify(output) throw instead of yielding a warning text.
    env: {
      PULUMI_ERROR_OUTPUT_STRING: "true",
      PULUMI_TEST_MODE: "true",
      // Tests and the processes that they start judge support and exceptions on this day, whatever the clock says.
      MILLRACE_TODAY: "2026-11-21",
      // For workers (`test/harness/compile-cache.ts`) and the processes that tests start.
      NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"),
    },
    // A machine that also builds tools takes six times as long: a time-out is there for what hangs.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
