// The provider of both packages of the program. Objects of `kubernetes` have a name that the program gives, and a second creation takes over
// what is there; roles of `aws` are named anew by each creation, so a creation that nobody remembers leaves one that nobody knows.

import { setTimeout as sleep } from "node:timers/promises";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { type Bag, reveal } from "#engine/values";
import { serve, unary } from "#rehearsal/plugins/protocol/grpc-server";
import { bag, fill, type Message, pack } from "#rehearsal/plugins/protocol/messages";
import { providerService, services } from "#rehearsal/plugins/protocol/provider-service";
import type { StandIn, Subject } from "#rehearsal/plugins/protocol/stand-in";
import { blowHere, strike } from "./blow.ts";
import { COMMAND, type Entry, INVENTORY, Inventory } from "./inventory.ts";

const inventory = new Inventory(process.env[INVENTORY]!);
const blow = blowHere();

/** Milliseconds that a change takes. */
const DURATION = 50;

async function change(op: Entry["op"], { urn }: Pick<Subject, "urn">, act: () => void): Promise<void> {
  const number = inventory.note({ command: process.env[COMMAND] ?? "?", op, urn });
  const own = blow?.at === "operation" && blow.number === number ? blow : undefined;
  if (own?.when === "before") {
    strike(own);
  }
  await sleep(DURATION);
  act();
  if (own?.when === "after") {
    strike(own);
  }
}

const provider: StandIn = {
  version: "1.0.0",
  check: ({ name }, inputs, old, seed) => ({
    inputs: { ...inputs, name: inputs["name"] ?? old["name"] ?? `${name}-${Buffer.from(seed).toString("hex").slice(0, 7)}` },
  }),
  create: async ({ urn, type }, given, { preview }) => {
    const inputs = reveal(given);
    const id: string = type.startsWith("kubernetes:") ? `default/${inputs.name}` : inputs.name;
    if (!preview) {
      await change("create", { urn }, () => inventory.put({ id, urn, inputs }));
    }
    return { id, outputs: inputs };
  },
  update: () => {
    throw new Error("is answered below");
  },
  delete: ({ urn }, { id }) => change("delete", { urn }, () => inventory.remove(id)),
};

serve(services, {
  ...providerService(provider),
  // Also asked in a preview.
  update: unary(async (request: Message) => {
    const [id, urn, inputs]: [string, string, Bag] = [request.getId(), request.getUrn(), reveal(bag(request.getNews()))];
    if (!request.getPreview()) {
      await change("update", { urn }, () => inventory.put({ id, urn, inputs }));
    }
    return fill(new messages.UpdateResponse(), { properties: pack(inputs) });
  }),
  // What is there, also of something that no state knows yet.
  read: unary((request: Message) => {
    const found = inventory.find(request.getId());
    return found === undefined
      ? new messages.ReadResponse()
      : fill(new messages.ReadResponse(), { id: found.id, inputs: pack(found.inputs), properties: pack(found.inputs) });
  }),
});
