import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openS3Store } from "#promotion/artifacts/s3-store";

const ROLES = { SOURCE_ROLE: "arn:aws:iam::111111111111:role/reader", TARGET_ROLE: "arn:aws:iam::222222222222:role/promote" };
const keys = (name: string) => ({
  [`${name}_ACCESS_KEY_ID`]: `${name}-id`,
  [`${name}_SECRET_ACCESS_KEY`]: `${name}-secret`,
  [`${name}_SESSION_TOKEN`]: `${name}-token`,
});

function profiles(env: Record<string, string>) {
  const config = join(mkdtempSync(join(tmpdir(), "profiles-")), ".aws", "config");
  const { status, stdout, stderr } = spawnSync(process.execPath, ["ci/profiles.ts"], {
    encoding: "utf8",
    env: { AWS_CONFIG_FILE: config, AWS_REGION: "eu-north-1", ...env },
  });
  return { code: status, out: stdout, err: stderr, config, written: existsSync(config) ? readFileSync(config, "utf8") : "" };
}

describe("profiles of a promotion", () => {
  it("are none without roles, and no variable is set: the job's own credentials copy", () => {
    expect(profiles({ ...keys("SOURCE"), SOURCE_ROLE: "" })).toMatchObject({ code: 0, out: "", err: "", written: "" });
  });

  it("hold the credentials of both roles, which nobody else may read and no line prints", () => {
    const { code, out, written, config } = profiles({ ...ROLES, ...keys("SOURCE"), ...keys("TARGET") });
    expect({ code, out }).toEqual({
      code: 0,
      out: "MILLRACE_SOURCE_PROFILE=millrace-source\nMILLRACE_TARGET_PROFILE=millrace-target\n",
    });
    expect(written).toContain(
      "[profile millrace-source]\naws_access_key_id = SOURCE-id\naws_secret_access_key = SOURCE-secret\n",
    );
    expect(written).toContain("[profile millrace-target]\naws_access_key_id = TARGET-id\n");
    expect(statSync(config).mode & 0o077).toBe(0);
  });

  it("stand for the token of the job where a service gives a token and no keys", () => {
    const { out, written } = profiles({ SOURCE_ROLE: ROLES.SOURCE_ROLE, AWS_WEB_IDENTITY_TOKEN_FILE: "/builds/aws-token" });
    expect(out).toBe("MILLRACE_SOURCE_PROFILE=millrace-source\n");
    expect(written.trim()).toBe(
      `[profile millrace-source]\nrole_arn = ${ROLES.SOURCE_ROLE}\nweb_identity_token_file = /builds/aws-token\nregion = eu-north-1`,
    );
  });

  it("are refused for a role without credentials, and nothing is written", () => {
    const { SOURCE_SESSION_TOKEN: _, ...half } = keys("SOURCE");
    expect(profiles({ ...ROLES, ...half, ...keys("TARGET") })).toMatchObject({
      code: 2,
      out: "",
      written: "",
      err: `SOURCE_ROLE must come with SOURCE_ACCESS_KEY_ID, SOURCE_SECRET_ACCESS_KEY, SOURCE_SESSION_TOKEN, or with AWS_WEB_IDENTITY_TOKEN_FILE, got '${ROLES.SOURCE_ROLE}' alone\n`,
    });
  });

  it("are what the store of models takes its credentials from", async () => {
    const { config } = profiles({ ...ROLES, ...keys("SOURCE"), ...keys("TARGET") });
    const before = process.env["AWS_CONFIG_FILE"];
    process.env["AWS_CONFIG_FILE"] = config;
    try {
      await expect(
        openS3Store({ bucket: "b", prefix: "", region: "eu-north-1" } as never, { profile: "millrace-target" }),
      ).resolves.toBeDefined();
    } finally {
      if (before === undefined) {
        delete process.env["AWS_CONFIG_FILE"];
      } else {
        process.env["AWS_CONFIG_FILE"] = before;
      }
    }
  });
});
