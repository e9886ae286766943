import * as pulumi from "@pulumi/pulumi";
import type { Recorded } from "#plan/record";
import type { RecordedStack } from "../../harness/stacks.ts";

/** In what a preview promises something else than what comes: resources, their options, and every input that it knows. */
export function surprises(preview: RecordedStack, up: RecordedStack): string[] {
  const coming = new Map(up.resources.map((each) => [addressOf(each), each]));
  const promised = new Set(preview.resources.map(addressOf));
  return [
    ...preview.resources.flatMap((resource) => {
      const address = addressOf(resource);
      const made = coming.get(address);
      return made ? differing(plain(resource), plain(made), address) : [`${address}: only in preview`];
    }),
    ...[...coming.keys()].filter((address) => !promised.has(address)).map((address) => `${address}: only in up`),
  ];
}

const addressOf = ({ path, type, name }: Recorded): string => [...path.slice(1), `${type} ${name}`].join(" / ");

/** Dependencies follow from inputs, and in no order. */
const plain = (resource: Recorded): object => ({ ...resource, dependencies: [] });

function differing(preview: unknown, up: unknown, at: string): string[] {
  if (preview === up || preview === pulumi.runtime.unknownValue || isLost(preview, up)) {
    return [];
  }
  if (typeof preview !== "object" || typeof up !== "object" || preview === null || up === null) {
    return [`${at}: ${String(preview)} → ${String(up)}`];
  }
  const keys = new Set([...Object.keys(preview), ...Object.keys(up)]);
  return [...keys].flatMap((key) => differing((preview as any)[key], (up as any)[key], `${at}.${key}`));
}

/**
 * The mocks answer a preview with the inputs: what AWS adds inside an object that was given, as the cluster's security group in
 * `vpcConfig`, is then missing, where the engine calls it unknown.
 */
const isLost = (preview: unknown, up: unknown): boolean =>
  preview === undefined && typeof up === "string" && up.startsWith("sg-");
