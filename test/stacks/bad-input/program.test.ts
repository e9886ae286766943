import { expect, it } from "vitest";
import type { Layer } from "#stacks/contracts";
import { type ProgramRun, runProgram } from "../../harness/monitor.ts";
import { configOf } from "../../harness/stacks.ts";

const { config: platform } = configOf("platform", "dev");

// A whole process each, as the engine starts it; ../program.test.ts has those of a stack name, of stack config and of a component.
it.concurrent.each<[what: string, layer: Layer, given: Partial<ProgramRun>, sentence: string]>([
  [
    "a secret in plain text",
    "platform",
    { config: platform, secretKeys: [] },
    `stacks/config/Pulumi.platform-dev.yaml: millrace:alertWebhook must be secret, got plain text: set it again with --secret`,
  ],
  [
    "a layer before that is not up",
    "platform",
    { references: {} },
    "stack 'foundation-dev' must hand on 'network', got nothing: run `pulumi up -s foundation-dev` first",
  ],
  [
    "a pace that is none",
    "workloads",
    { env: { MILLRACE_PACE: "fast" } },
    `MILLRACE_PACE must be JSON, got 'fast': unset it, or write {"stepSeconds": 10}`,
  ],
])("the program refuses %s with its sentence alone, and makes nothing", async (_, layer, given, sentence) => {
  const { code, errors, stderr, registered } = await runProgram({
    stack: `${layer}-dev`,
    ...configOf(layer, "dev"),
    ...given,
  });
  expect({ code, errors, stderr, made: registered.filter((each) => !/^(pulumi|millrace):/.test(each)) }).toEqual({
    code: 32,
    errors: [sentence],
    stderr: "",
    made: [],
  });
});
