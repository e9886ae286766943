import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { LAYERS, type Layer } from "#stacks/contracts";
import { runProgram } from "../harness/monitor.ts";
import { configOf, referencesOf, stackOf } from "../harness/stacks.ts";

/** Resources that would be made: neither components nor providers. */
const made = (registered: readonly string[]): string[] => registered.filter((each) => !/^(pulumi|millrace):/.test(each));

const run = async (layer: Layer, given: Partial<Parameters<typeof runProgram>[0]> = {}) =>
  runProgram({ stack: `${layer}-dev`, ...configOf(layer, "dev"), references: await referencesOf(layer, "dev"), ...given });

/** The config of this repository is made up, which only a rehearsal takes. */
const REHEARSED = { MILLRACE_REHEARSAL_ENDPOINT: "https://127.0.0.1" };

/** Makes Node change the profile of dev before the program sees it. */
const withProfile = (change: string): Record<string, string> => {
  const file = pathToFileURL(join(PROJECT_FOLDER, "stacks", "inputs", "environments", "dev.ts"));
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`import { dev } from "${file.href}"; ${change}`)}` };
};

describe("the whole program, started as the engine does,", () => {
  it.each(LAYERS)("registers what the recorder sees of the %s, and hands on its outputs", async (layer) => {
    const { resources, outputs: expected } = await stackOf(layer, "dev");
    const { code, errors, stderr, registered, outputs } = await run(layer, { env: REHEARSED });
    expect({ code, errors, stderr }).toEqual({ code: 0, errors: [], stderr: "" });
    // The engine names the stack itself.
    expect(registered.toSorted()).toEqual(resources.map(({ type, name }) => `${type} ${name}`).toSorted());
    expect(Object.keys(outputs).toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  it("makes nothing when its last component refuses, though nobody previewed", async () => {
    const { code, errors, stderr, registered } = await run("foundation", {
      env: { ...REHEARSED, ...withProfile(`dev.database.instanceClass = "db.g6.large"; dev.monthlyBudget = 0`) },
    });
    expect(errors).toEqual([
      expect.stringMatching(/^stacks\/inputs\/environments\/dev\.ts: database\.instanceClass must be one of /),
    ]);
    expect({ code, stderr, made: made(registered) }).toEqual({ code: 32, stderr: "", made: [] });
  });

  it("makes nothing in a real account while the config holds placeholders", async () => {
    const { code, errors, stderr, registered } = await run("foundation");
    expect(errors).toEqual([
      expect.stringMatching(
        /^stacks\/config\/Pulumi\.foundation-dev\.yaml: millrace:account must be a value of your own, got the placeholder '111111111111' \(account of examples\): /,
      ),
    ]);
    expect({ code, stderr, made: made(registered) }).toEqual({ code: 32, stderr: "", made: [] });
  });
});
