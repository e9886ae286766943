import { describe, expect, it } from "vitest";
import { secretIn } from "#policies/plain-secrets";

/** Pieces, so that no scanner of repositories takes them for real. */
const TOKENS = {
  "an AWS access key": ["AKIA", "IOSFODNN7EXAMPLE"],
  "a GitHub token": ["ghp_", "0123456789abcdefghijklmnopqrstuvwxyz"],
  "a GitLab token": ["glpat-", "0123456789abcdefghij"],
  "a Slack token": ["xoxb-", "0123456789-abcdef"],
  "a Slack webhook": ["https://hooks.slack", ".com/services/T0000/B0000/x"],
  "a Hugging Face token": ["hf_", "abcdefghijklmnopqrstuvwxyzABCDEFGH"],
  "an API key": ["sk-", "proj-abcdefghijklmnopqrst0123"],
  "a private key": ["-----BEGIN RSA ", "PRIVATE KEY-----\nMIIE"],
  "a JSON web token": ["eyJhbGciOiJIUzI1NiJ9", ".eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2ln"],
  "a password in an address": ["postgresql://mlflow:", "hunter2@database:5432/mlflow"],
};

describe("secretIn", () => {
  it.each(Object.entries(TOKENS))("knows %s wherever it stands", (what, pieces) => {
    expect(secretIn("key", `# ours\nvalue: ${pieces.join("")}\n`)).toBe(what);
  });

  it.each(["auth", "REGISTRY_AUTH", "docker.login", "ci-basic"])("reads the user and the password in %s", (key) => {
    expect(secretIn(key, Buffer.from("ci:q7Rk9sLw2mXvB4tZ").toString("base64"))).toBe("a login of a registry");
    expect(secretIn(key, Buffer.from("enabled for everybody").toString("base64"))).toBeUndefined();
  });

  it.each([
    ["PGPASSWORD", "hunter2"],
    ["MYSQL_PWD", "hunter2"],
    ["db.password", "prod-tracking"],
    ["keyPassphrase", "open sesame"],
  ])("takes whatever %s holds for a password", (key, value) => {
    expect(secretIn(key, value)).toBe("a password");
  });

  it.each([
    ["WANDB_API_KEY", "f81d4fae7dec11d0a76500a0c91e6bf6"],
    ["clientSecret", "Zx9-kQ2_vL7pWm4T"],
    ["SESSION_KEY", "c2VjcmV0LXNlY3JldC1zZWNyZXQ5"],
    ["registry-credentials", "6d1f0c1e-5b7a-4c22-9f10-aa41b2c37d55"],
  ])("takes random characters under %s for a secret", (key, value) => {
    expect(secretIn(key, value)).toBe("what looks like a secret");
  });

  it.each([
    '{"database": {"password": "hunter2"}}',
    "[db]\npassword = hunter2",
    "db:\n  password: 'hunter2'\n",
    "--password=hunter2",
  ])("reads %j", (text) => {
    expect(secretIn("file", text)).toBe("a password");
  });

  it.each([
    ["PASSWORD", ""],
    ["PASSWORD", "$(DATABASE_PASSWORD)"],
    ["password", "{{ .password }}"],
    ["PASSWORD", "/etc/mlflow/password"],
    ["showPassword", "true"],
    ["PASSWORD_FILE", "hunter2"],
    ["existingSecret", "grafana-admin-7f9c2b1a"],
    ["secretToken", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:rds!db-6d1f0c1e5b7a4c22"],
    ["token", "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ["image", "registry/app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ["API_KEY", "aaaaaaaaaaaaaaaaaaaaaaa1"],
    ["publicKey", "AAAAC3NzaC1lZDI1NTE5AAAAIJxq0"],
    ["DATABASE_URI", "postgresql://mlflow@database:5432/mlflow?password=$(PASSWORD)"],
    ["DATABASE_URI", "postgresql://mlflow:$(PASSWORD)@database:5432/mlflow"],
    ["ca.pem", "-----BEGIN CERTIFICATE-----\nMIIE"],
    ["settings", "# password: yours\npassword_file: /etc/password"],
  ])("has nothing against %s: %s", (key, value) => {
    expect(secretIn(key, value)).toBeUndefined();
  });

  it("reads a megabyte in a moment", () => {
    const began = performance.now();
    expect(secretIn("blob", "a".repeat(2 ** 20))).toBeUndefined();
    expect(secretIn("lines", "name: value\n".repeat(2 ** 16))).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
