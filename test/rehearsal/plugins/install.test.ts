import { spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { installPlugins } from "#rehearsal/plugins/install";
import { installedVersion } from "#rehearsal/plugins/packages";
import { rehearsalFolder, variablesOf } from "../account/world.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-plugins-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A plugin that says its port, and waits for its engine. */
const STARTS = "#!/bin/sh\necho 4711\nexec sleep 60\n";

describe("plugins", () => {
  it("stand in, unless the user has real ones that start; never for AWS", async () => {
    const userHome = join(folder, "user");
    for (const name of ["aws", "random"]) {
      const real = join(userHome, "plugins", `resource-${name}-v${installedVersion(`@pulumi/${name}`)}`);
      mkdirSync(real, { recursive: true });
      writeFileSync(join(real, `pulumi-resource-${name}`), STARTS, { mode: 0o755 });
    }
    const pulumi = join(folder, "pulumi");
    writeFileSync(pulumi, "binary");
    const kubernetes = join(folder, "kubernetes");
    writeFileSync(kubernetes, "provider");
    const options = {
      pulumi,
      bin: join(folder, "bin"),
      home: join(folder, "home"),
      project: PROJECT_FOLDER,
      real: { kubernetes: { path: kubernetes, version: "4.0.0+sources" } },
    };
    const version = installedVersion("@pulumi/random");
    expect(await installPlugins({ ...options, userHome })).toMatchObject({
      providers: {
        aws: "simulated",
        kubernetes: "real 4.0.0+sources",
        random: `real ${version}`,
      },
    });
    expect(readFileSync(join(folder, "bin/pulumi"), "utf8")).toBe("binary");
    // The engine passes over links to folders.
    const installed = join(folder, "home/plugins", `resource-kubernetes-v${installedVersion("@pulumi/kubernetes")}`);
    expect(lstatSync(installed).isDirectory()).toBe(true);
    expect(readFileSync(join(installed, "pulumi-resource-kubernetes"), "utf8")).toBe("provider");
    // Again, without the real one: what was a link into the user's folder must not be written through.
    const without = await installPlugins({ ...options, userHome: join(folder, "nobody") });
    expect(without.providers["random"]).toBe("stand-in");
    const real = join(userHome, "plugins", `resource-random-v${version}`, "pulumi-resource-random");
    expect(readFileSync(real, "utf8")).toBe(STARTS);
    writeFileSync(real, "#!/bin/sh\nexit 1\n");
    expect((await installPlugins({ ...options, userHome })).providers["random"]).toBe("stand-in");
    writeFileSync(join(folder, "pulumi-language-nodejs"), "ELF");
    expect((await installPlugins(options)).language).toBe("real");
  });
});

describe("the stand-in for the aws command", () => {
  const aws = (args: string[], env: Record<string, string> = {}) =>
    spawnSync(join(PROJECT_FOLDER, "rehearsal/plugins/bin/aws"), args, {
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

  it("answers what the program asks, and nothing else", () => {
    const folder = rehearsalFolder("up");
    const { status, stdout } = aws(["sts", "get-caller-identity"], variablesOf(folder) as Record<string, string>);
    expect([status, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ Account: "111111111111" })]);
    expect(aws(["s3", "ls"])).toMatchObject({
      status: 252,
      stderr: expect.stringMatching(
        /\naws s3 ls is not answered \(AWS is simulated in this rehearsal, and its 'aws' answers only what this program asks\)\n$/,
      ),
    });
    expect(aws(["eks", "get-token"]).stderr).toBe(
      "AWS is simulated in this rehearsal and no token was prepared: set MILLRACE_REHEARSAL_TOKEN.\n",
    );
  });
});
