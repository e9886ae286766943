// Writes profiles of the AWS configuration for the two roles with which a promotion copies models and images: that which reads in the
// environment before, and that which writes in the environment itself. Prints the variables that name them, one line each; nothing where no
// role is set, and the copy then uses the credentials of the job.
// Usage: node ci/profiles.ts, with SOURCE_ROLE and TARGET_ROLE. Their credentials are SOURCE_ACCESS_KEY_ID, SOURCE_SECRET_ACCESS_KEY and
// SOURCE_SESSION_TOKEN, and the same with TARGET; without them the token in AWS_WEB_IDENTITY_TOKEN_FILE stands for both.
// Exit codes: 0; 2 a role without credentials.

import { appendFileSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

const KEYS = ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"];

/** Lines of a profile; nothing where there are no credentials for its role. */
function profileOf(name: string, role: string): string[] | undefined {
  const keys = KEYS.flatMap((key) => {
    const value = process.env[`${name}_${key}`];
    return value ? [`aws_${key.toLowerCase()} = ${value}`] : [];
  });
  const token = process.env["AWS_WEB_IDENTITY_TOKEN_FILE"];
  const region = process.env["AWS_REGION"];
  const credentials =
    keys.length === KEYS.length ? keys : token ? [`role_arn = ${role}`, `web_identity_token_file = ${token}`] : undefined;
  return credentials && [...credentials, ...(region ? [`region = ${region}`] : [])];
}

const config = process.env["AWS_CONFIG_FILE"] || join(homedir(), ".aws", "config");
const profiles = ["SOURCE", "TARGET"].flatMap((name) => {
  const role = process.env[`${name}_ROLE`];
  return role ? [{ name, role, own: `millrace-${name.toLowerCase()}`, lines: profileOf(name, role) }] : [];
});
const poor = profiles.filter(({ lines }) => lines === undefined);
if (poor.length > 0) {
  for (const { name, role } of poor) {
    const keys = KEYS.map((key) => `${name}_${key}`).join(", ");
    console.error(`${name}_ROLE must come with ${keys}, or with AWS_WEB_IDENTITY_TOKEN_FILE, got '${role}' alone`);
  }
  process.exitCode = 2;
} else {
  for (const { name, own, lines } of profiles) {
    mkdirSync(dirname(config), { recursive: true });
    appendFileSync(config, `\n[profile ${own}]\n${lines!.join("\n")}\n`, { mode: 0o600 });
    console.log(`MILLRACE_${name}_PROFILE=${own}`);
  }
}
