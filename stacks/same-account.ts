import * as pulumi from "@pulumi/pulumi";
import type { Context } from "./context.ts";
import type { FoundationOutputs } from "./contracts.ts";
import { FILES } from "./inputs/files.ts";

/** @throws {pulumi.RunError} when the foundation stands in another account or region than this layer's stack config names. */
export function refuseElsewhere({ keys }: FoundationOutputs, { profile: { name }, settings }: Context): void {
  const [, , , region, account] = keys.cluster.split(":");
  const wrong = Object.entries({ account, region }).filter(([key, value]) => settings[key as "account" | "region"] !== value);
  if (wrong.length > 0) {
    throw new pulumi.RunError(
      wrong
        .map(
          ([key, value]) =>
            `${FILES.config("*", name)}: millrace:${key} must be that of stack 'foundation-${name}', '${value}', got '${settings[key as "account" | "region"]}': correct the file of the layer that is wrong`,
        )
        .join("\n"),
    );
  }
}
