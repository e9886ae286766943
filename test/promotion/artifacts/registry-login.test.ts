import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { loginOf } from "#promotion/artifacts/registry-login";

const HOST = "123456789012.dkr.ecr.eu-north-1.amazonaws.com";

afterEach(() => void vi.unstubAllEnvs());

/** An AWS CLI that answers so. @returns file with the words it was given. */
function awsThat(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), "aws-"));
  const words = join(folder, "words");
  writeFileSync(join(folder, "aws"), `#!/bin/sh\necho "$@" > ${words}\n${script}\n`);
  chmodSync(join(folder, "aws"), 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
  return words;
}

describe("the login of a registry of ECR", () => {
  it("is the AWS CLI's, of the region in its name and of the profile", async () => {
    const words = awsThat("echo s3cret");
    expect(await loginOf(HOST, "source")).toBe(Buffer.from("AWS:s3cret").toString("base64"));
    expect(readFileSync(words, "utf8")).toBe("ecr get-login-password --region eu-north-1 --profile source\n");
  });

  it("that is refused is answered with what the AWS CLI says, in one sentence", async () => {
    awsThat("echo; echo 'The config profile (nobody) could not be found' >&2; exit 255");
    await expect(loginOf(HOST, "nobody")).rejects.toThrow(
      `${HOST} wants a login, and 'aws ecr get-login-password --region eu-north-1 --profile nobody' gave none: The config profile (nobody) could not be found`,
    );
  });

  it("needs the AWS CLI", async () => {
    vi.stubEnv("PATH", "/nonexistent");
    await expect(loginOf(HOST)).rejects.toThrow(`${HOST} wants a login, which the AWS CLI gives: install AWS CLI v2`);
  });
});

it("the login of another registry is docker's", async () => {
  const folder = mkdtempSync(join(tmpdir(), "docker-"));
  writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { "registry.example.com": { auth: "YTpi" } } }));
  vi.stubEnv("DOCKER_CONFIG", folder);
  vi.stubEnv("HELM_REGISTRY_CONFIG", join(folder, "none.json"));
  expect(await loginOf("registry.example.com")).toBe("YTpi");
});
