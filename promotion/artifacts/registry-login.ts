import { run, which } from "#toolchain/command";
import { credentialsOf } from "#toolchain/oci/credentials";
import { RemoteError } from "#toolchain/oci/http";

/** Registry of an account (ECR user guide, "Private registry authentication"). */
const ECR = /^\d{12}\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com$/;

/** Milliseconds that the AWS CLI may take. */
const PATIENCE = 60_000;

/**
 * User and password of a registry, encoded as HTTP sends them: of ECR by the AWS CLI, of others by whoever has logged in with docker.
 *
 * @param profile profile of the AWS configuration. @default - the credentials that the CLI finds
 * @throws {RemoteError} when the AWS CLI gives none.
 */
export async function loginOf(host: string, profile?: string): Promise<string | undefined> {
  const [, region] = ECR.exec(host) ?? [];
  if (region === undefined) {
    return credentialsOf(host);
  }
  const aws = await which("aws");
  if (aws === undefined) {
    throw new RemoteError(`${host} wants a login, which the AWS CLI gives: install AWS CLI v2`);
  }
  const words = ["ecr", "get-login-password", "--region", region, ...(profile === undefined ? [] : ["--profile", profile])];
  const { code, stdout, stderr } = await run(aws, words, { timeout: PATIENCE, env: { ...process.env, AWS_PAGER: "" } });
  if (code !== 0 || stdout.trim() === "") {
    const said = stderr.trim().split("\n").at(-1) ?? "";
    throw new RemoteError(`${host} wants a login, and 'aws ${words.join(" ")}' gave none: ${said || `it ended with ${code}`}`);
  }
  return Buffer.from(`AWS:${stdout.trim()}`).toString("base64");
}
