// pulumi-language-nodejs, the part of the engine that runs Node programs, in Node itself.
//
// The real language host is a Go program that ships with the CLI. This stand-in answers the same
// service for what an ordinary project needs: run a program, run a policy pack, list packages.

import { spawn } from "node:child_process";
import type { ServerWritableStream } from "@grpc/grpc-js";
import { status } from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/language_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import { dependencies, providerPackages } from "./packages.ts";
import { environment, interruptAll, type Options, start } from "./program-runner.ts";
import { engineAddress, serve, unary } from "./protocol/grpc-server.ts";
import type { Message } from "./protocol/messages.ts";
import { Empty } from "./protocol/protobuf.ts";

/** The SDK exits with this code after it has itself told the user what is wrong. */
const ALREADY_REPORTED = 32;

const optionsOf = (info: Message): Options => info?.getOptions()?.toJavaScript() ?? {};

/** `--name=value` for every value that is present, as cmd/run wants them. */
const flags = (values: Record<string, string | number | undefined>): string[] =>
  Object.entries(values).flatMap(([name, value]) => (value ? [`--${name}=${value}`] : []));

async function run(request: Message): Promise<Message> {
  const info = request.getInfo();
  const options = optionsOf(info);
  const { exit } = start({
    command: "run",
    directory: info.getProgramDirectory(),
    options,
    cwd: request.getPwd(),
    env: {
      ...environment(options),
      // Configuration travels in the environment so that it never shows in a process list.
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    },
    args: [
      ...flags({
        monitor: request.getMonitorAddress(),
        engine: engineAddress(),
        organization: request.getOrganization(),
        project: request.getProject(),
        "root-directory": info.getRootDirectory(),
        stack: request.getStack(),
        pwd: request.getPwd(),
        parallel: request.getParallel(),
      }),
      ...(request.getDryrun() ? ["--dry-run"] : []),
      info.getEntryPoint(),
      ...request.getArgsList(),
    ],
    output: "inherit",
  });
  const code = await exit;
  const response = new messages.RunResponse();
  if (code === ALREADY_REPORTED) {
    response.setBail(true);
  } else if (code !== 0) {
    response.setError(`Program exited with non-zero exit code: ${code}`);
  }
  return response;
}

/** Policy packs (and providers written in Node) are programs too; their output is streamed back in pieces. */
function runPlugin(call: ServerWritableStream<Message, Message>): void {
  const request = call.request;
  const info = request.getInfo();
  const directory = info.getProgramDirectory();
  const options = optionsOf(info);
  const isPolicyPack = request.getKind() === "analyzer";
  const engine = request.getArgsList();
  const env = Object.fromEntries(
    request.getEnvList().map((entry: string) => {
      const at = entry.indexOf("=");
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
  try {
    const { child, exit } = start({
      command: isPolicyPack ? "run-policy-pack" : "run-plugin",
      directory,
      options,
      // A policy pack reads its version from the package.json of its working directory.
      cwd: isPolicyPack ? directory : request.getPwd(),
      env: { ...environment(options), ...env },
      args: isPolicyPack ? [...engine, directory] : [directory, ...engine],
      output: (piece, stream) =>
        call.write(new messages.RunPluginResponse()[stream === "stdout" ? "setStdout" : "setStderr"](piece)),
    });
    // The engine ends a plugin by closing the stream, and reads on until the plugin is gone.
    call.on("cancelled", () => child.kill("SIGTERM"));
    exit.then(
      (code) => {
        call.write(new messages.RunPluginResponse().setExitcode(code));
        call.end();
      },
      (error: Error) => call.destroy(error),
    );
  } catch (error) {
    call.write(new messages.RunPluginResponse().setStderr(Buffer.from(`${(error as Error).message}\n`)));
    call.write(new messages.RunPluginResponse().setExitcode(1));
    call.end();
  }
}

/** `pulumi install`: npm is enough for a project that chose npm. */
function installDependencies(call: ServerWritableStream<Message, Message>): void {
  const npm = spawn("npm", ["install"], { cwd: call.request.getInfo().getProgramDirectory(), stdio: ["ignore", "pipe", "pipe"] });
  npm.stdout.on("data", (piece) => call.write(new messages.InstallDependenciesResponse().setStdout(piece)));
  npm.stderr.on("data", (piece) => call.write(new messages.InstallDependenciesResponse().setStderr(piece)));
  npm.once("error", (error) => call.destroy(error));
  npm.once("close", (code) => {
    if (code === 0) {
      call.end();
    } else {
      call.emit("error", { code: status.UNKNOWN, details: `npm install failed with exit code ${code}` });
    }
  });
}

function requiredPackages(request: Message): Message {
  const response = new messages.GetRequiredPackagesResponse();
  for (const found of providerPackages(request.getInfo().getProgramDirectory())) {
    response.addPackages(
      new plugin.PackageDependency()
        .setKind("resource")
        .setName(found.name)
        .setVersion(found.version)
        .setServer(found.server ?? ""),
    );
  }
  return response;
}

function programDependencies(request: Message): Message {
  const response = new messages.GetProgramDependenciesResponse();
  for (const { name, version } of dependencies(request.getInfo().getProgramDirectory())) {
    response.addDependencies(new messages.DependencyInfo().setName(name).setVersion(version));
  }
  return response;
}

serve(services.LanguageRuntimeService, {
  handshake: unary(() => new messages.LanguageHandshakeResponse()),
  getPluginInfo: unary(() => new plugin.PluginInfo().setVersion("3.259.0")),
  getRequiredPackages: unary(requiredPackages),
  getProgramDependencies: unary(programDependencies),
  about: unary(() => new messages.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
  installDependencies,
  runtimeOptionsPrompts: unary(() => new messages.RuntimeOptionsResponse()),
  template: unary(() => new Empty()),
  run: unary(run),
  runPlugin,
  cancel: unary(() => {
    interruptAll();
    return new Empty();
  }),
});
