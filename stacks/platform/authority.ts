import * as pulumi from "@pulumi/pulumi";
import { certificateAuthorityOf } from "#components/database/authorities";
import type { EnvironmentName } from "../inputs/environments/profile.ts";
import { FILES } from "../inputs/files.ts";

/** Certificates by which clients know the databases of a region. @throws {pulumi.RunError} when the region's databases are signed by a certificate that we do not have. */
export function authorityIn(region: string, environment: EnvironmentName): string {
  const authority = certificateAuthorityOf(region);
  if (authority === undefined) {
    throw new pulumi.RunError(
      `${FILES.config("platform", environment)}: millrace:region must be one whose database certificate components/database/authorities.ts has, got '${region}': add it there`,
    );
  }
  return authority;
}
