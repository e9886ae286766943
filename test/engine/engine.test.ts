import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { eventReader, type ResourceProgress } from "#engine/events";
import { failureOf } from "#engine/failure";
import { PROJECT_FOLDER } from "#engine/project";
import { installPlugins } from "#rehearsal/plugins/install";
import { installedVersion } from "#rehearsal/plugins/packages";
import { createProject } from "#rehearsal/project";

const folder = mkdtempSync(join(tmpdir(), "millrace-engine-unit-"));
const repository = PROJECT_FOLDER;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const URN = "urn:pulumi:dev::millrace::millrace:a:B$aws:s3/bucket:Bucket::data";
const ROOT = "urn:pulumi:dev::millrace::pulumi:pulumi:Stack::millrace-dev";

describe("events", () => {
  it("counts each resource once, across pieces of lines, and logs no property values", () => {
    const seen: ResourceProgress[] = [];
    const lines: string[] = [];
    const reader = eventReader(
      (progress) => seen.push(progress),
      (line) => lines.push(line),
    );
    const metadata = { urn: URN, op: "create", type: "aws:s3/bucket:Bucket", new: { inputs: { a: "value" } } };
    const text = [
      { resOutputsEvent: { metadata } },
      { resOutputsEvent: { metadata } },
      { diagnosticEvent: { severity: "debug", message: "noise" } },
      { diagnosticEvent: { severity: "info#err", urn: URN, message: "said\n" } },
      { summaryEvent: { resourceChanges: { create: 1, same: 2 }, durationSeconds: 3 } },
    ]
      .map((event) => `${JSON.stringify(event)}\n`)
      .join("");
    reader.push(text.slice(0, 40));
    expect(reader.changes()).toBeUndefined();
    reader.push(text.slice(40));
    expect(seen).toEqual([{ type: "aws:s3/bucket:Bucket", name: "data", op: "create", done: 1 }]);
    expect(reader.changes()).toEqual({ create: 1, update: 0, delete: 0, replace: 0, same: 2 });
    expect(lines).toEqual(["create aws:s3/bucket:Bucket data", "info#err data said", 'summary {"create":1,"same":2} in 3 s']);
  });
});

describe("failures", () => {
  const told = (urn: string, message: string) => ({ severity: "error", urn, message });
  it("is everything said against the first resource, without the engine's frame and echo", () => {
    const diagnostics = [
      told(ROOT, "update failed"),
      told(URN, "aws:s3/bucket:Bucket resource 'data': property bucket value {A} has a problem: too short"),
      told(URN, "aws:s3/bucket:Bucket resource 'data' has a problem: too odd"),
    ];
    const failure = failureOf("up dev", { diagnostics, findings: [], stderr: "", log: "/l" });
    expect(failure.message).toBe("up dev failed at aws:s3/bucket:Bucket data: too short; too odd (log: /l)");
  });

  it("is what the program said, or the CLI", () => {
    expect(
      failureOf("up dev", { diagnostics: [told(ROOT, "a key is missing")], findings: [], stderr: "", log: "/l" }),
    ).toMatchObject({
      resource: undefined,
      reason: "a key is missing",
    });
    expect(
      failureOf("up dev", { diagnostics: [], findings: [], stderr: "x\nerror: the stack is currently locked\n", log: "/l" })
        .reason,
    ).toBe("the stack is currently locked");
  });
});

describe("the throwaway project", () => {
  it("links the program, seeds plain config and tells which secrets are to be set", () => {
    const from = join(folder, "repository");
    mkdirSync(join(from, "stacks/config"), { recursive: true });
    mkdirSync(join(from, "releases"));
    mkdirSync(join(from, ".git"));
    writeFileSync(join(from, "Pulumi.yaml"), "name: millrace\nstackConfigDir: stacks/config\n");
    writeFileSync(join(from, "releases/dev.json"), "{}");
    writeFileSync(
      join(from, "stacks/config/Pulumi.foundation-dev.yaml"),
      "encryptionsalt: v1:abc\nconfig:\n  aws:region: eu-west-1\n  millrace:token: { secure: v1:xyz }\n  millrace:owners: [a, b]\n",
    );
    const project = createProject({
      repository: from,
      folder: join(folder, "project"),
      stacks: ["foundation-dev", "platform-dev"],
      copied: ["releases"],
    });
    const at = (path: string) => join(project.folder, path);
    expect(project.secrets).toEqual({ "foundation-dev": ["millrace:token"], "platform-dev": [] });
    expect(readFileSync(at("Pulumi.yaml"), "utf8")).toBe("name: millrace\nstackConfigDir: config\n");
    expect(readFileSync(at("config/Pulumi.foundation-dev.yaml"), "utf8")).toBe(
      "config:\n  aws:region: eu-west-1\n  millrace:owners:\n    - a\n    - b\n",
    );
    expect(readlinkSync(at("stacks"))).toBe(join(from, "stacks"));
    expect(() => readlinkSync(at("releases"))).toThrow("EINVAL");
    expect(existsSync(at(".git"))).toBe(false);
  });
});

describe("plugins", () => {
  it("stand in, unless the user has the real ones; never for AWS", () => {
    const userHome = join(folder, "user");
    for (const name of ["aws", "random"]) {
      const real = join(userHome, "plugins", `resource-${name}-v${installedVersion(`@pulumi/${name}`)}`);
      mkdirSync(real, { recursive: true });
      writeFileSync(join(real, `pulumi-resource-${name}`), "binary");
    }
    const pulumi = join(folder, "pulumi");
    writeFileSync(pulumi, "binary");
    const options = { pulumi, bin: join(folder, "bin"), home: join(folder, "home"), project: repository };
    const version = installedVersion("@pulumi/random");
    expect(installPlugins({ ...options, userHome })).toMatchObject({
      pulumi: join(folder, "bin/pulumi"),
      providers: { aws: "simulated", kubernetes: "stand-in", random: `real ${version}` },
    });
    // Again, without the real one: what was a link into the user's folder must not be written through.
    expect(installPlugins({ ...options, userHome: join(folder, "nobody") }).providers["random"]).toBe("stand-in");
    const real = join(userHome, "plugins", `resource-random-v${version}`, "pulumi-resource-random");
    expect(readFileSync(real, "utf8")).toBe("binary");
    writeFileSync(join(folder, "pulumi-language-nodejs"), "ELF");
    expect(installPlugins(options).language).toBe("real");
  });
});

describe("the stand-in for the aws command", () => {
  const aws = (args: string[], env: Record<string, string> = {}) =>
    spawnSync(join(repository, "rehearsal/plugins/bin/aws"), args, {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], ...env },
    });

  it("prints the token of the rehearsal", () => {
    const info = { KUBERNETES_EXEC_INFO: '{"apiVersion":"client.authentication.k8s.io/v1"}' };
    const { stdout } = aws(["--region", "eu-west-1", "eks", "get-token", "--cluster-name", "c"], {
      MILLRACE_REHEARSAL_TOKEN: "t0",
      ...info,
    });
    expect(JSON.parse(stdout)).toEqual({
      kind: "ExecCredential",
      apiVersion: "client.authentication.k8s.io/v1",
      spec: {},
      status: { token: "t0" },
    });
  });

  it("does nothing else", () => {
    expect(aws(["s3", "ls"])).toMatchObject({
      status: 1,
      stderr: "AWS is simulated in this rehearsal: only 'aws eks get-token' is answered, not 'aws s3 ls'.\n",
    });
    expect(aws(["eks", "get-token"]).stderr).toBe(
      "AWS is simulated in this rehearsal and no token was prepared: set MILLRACE_REHEARSAL_TOKEN.\n",
    );
  });
});
