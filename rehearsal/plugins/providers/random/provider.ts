// The stand-in for the `random` provider.

import { differences, reveal, UNKNOWN } from "#engine/values";
import { installedVersion } from "../../packages.ts";
import type { StandIn } from "../../protocol/stand-in.ts";
import { KINDS } from "./values.ts";

/**
 * Stand-in for the `random` provider. Values are drawn once and then live in the state file, as with
 * the real one: a change of any input replaces the resource.
 */
export const random: StandIn = {
  version: installedVersion("@pulumi/random"),
  create: ({ type }, inputs, { preview }) => {
    const kind = KINDS[type];
    if (!kind) {
      throw new Error(`the stand-in random provider does not know ${type}`);
    }
    if (preview) {
      return { id: "", outputs: { ...inputs, ...Object.fromEntries(kind.drawn.map((output) => [output, UNKNOWN])) } };
    }
    const { id, outputs } = kind.draw(reveal(inputs));
    return { id, outputs: { ...inputs, ...outputs } };
  },
  compare: (_, old, inputs) => {
    const changes = differences(old.inputs, inputs);
    return { changes, replaces: changes.keys() };
  },
  update: (_, old) => old,
};
