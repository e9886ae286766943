// Names the program left out. Same rule as the real provider: `<resource name>-<8 characters>`, an
// annotation that says the name was invented, and the same name again on every later run.

import { createHash } from "node:crypto";
import type { Bag } from "#engine/values";
import type { NamingHelp } from "../../protocol/stand-in.ts";

const AUTONAMED = "pulumi.com/autonamed";

/** Whether the name of an object was invented here. */
export const isAutonamed = (inputs: Bag): boolean => inputs["metadata"]?.annotations?.[AUTONAMED] === "true";

/** A name for a resource that the program leaves unnamed. */
export function inventName(name: string, { seed, proposedName }: NamingHelp): string {
  // The seed is the engine's: the same in preview and in the update that follows it.
  const suffix = createHash("sha256").update(seed).update(name).digest("hex").slice(0, 8);
  return proposedName ?? `${name.toLowerCase()}-${suffix}`;
}

/** The inputs with a name, and with a mark when it was invented. */
export function withName(inputs: Bag, old: Bag, name: string, help: NamingHelp): Bag {
  const metadata = inputs["metadata"] ?? {};
  if (metadata.name !== undefined || metadata.generateName !== undefined) {
    return inputs;
  }
  return {
    ...inputs,
    metadata: {
      ...metadata,
      name: isAutonamed(old) ? old["metadata"].name : inventName(name, help),
      annotations: { ...metadata.annotations, [AUTONAMED]: "true" },
    },
  };
}
