import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { Server, ServerCredentials, status } from "@grpc/grpc-js";
import engine from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import providerMessages from "@pulumi/pulumi/proto/provider_pb.js";
import resource from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/resource_pb.js";
import { PROJECT_FOLDER } from "#engine/project";
import { RpcError, unary } from "#rehearsal/plugins/protocol/grpc-server";
import { bag, fill, type Message, pack } from "#rehearsal/plugins/protocol/messages";
import { Empty } from "#rehearsal/plugins/protocol/protobuf";
import { awsCall, awsOutputs } from "#simulation/aws/outputs";

export interface ProgramRun {
  stack: string;
  /** Stack config, full key → text. */
  config: Record<string, string>;
  secretKeys?: string[];
  /** Outputs of other stacks, by full name. */
  references?: Record<string, Record<string, any>>;
  env?: Record<string, string>;
}

export interface ProgramResult {
  code: number | null;
  /** What was registered, in order: `<type> <name>`. */
  registered: string[];
  /** What the user is told as an error. */
  errors: string[];
  /** What the process wrote past the engine. */
  stderr: string;
  /** What the stack hands on. */
  outputs: Record<string, any>;
}

const PLACE = { account: "111111111111", region: "eu-west-1" };

/** Runs the program as the engine does, in a process of its own, against an engine that says yes to everything. */
export async function runProgram({
  stack,
  config,
  secretKeys = [],
  references = {},
  env = {},
}: ProgramRun): Promise<ProgramResult> {
  const result: ProgramResult = { code: null, registered: [], errors: [], stderr: "", outputs: {} };
  const server = new Server();
  server.addService((resource as any).ResourceMonitorService, monitor(result, references));
  server.addService((engine as any).EngineService, listener(result));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const address = `127.0.0.1:${port}`;
  const flags = {
    monitor: address,
    engine: address,
    organization: "organization",
    project: "millrace",
    stack,
    pwd: PROJECT_FOLDER,
  };
  const child = spawn(
    process.execPath,
    [
      createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run"),
      ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
      ".",
    ],
    {
      cwd: PROJECT_FOLDER,
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        ...process.env,
        PULUMI_NODEJS_TYPESCRIPT: "false",
        PULUMI_CONFIG: JSON.stringify(config),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
        ...env,
      },
    },
  );
  child.stderr.setEncoding("utf8").on("data", (text: string) => (result.stderr += text));
  result.code = await new Promise((resolve) => child.once("close", resolve));
  server.forceShutdown();
  return result;
}

/** The part of the engine that resources are registered with. */
function monitor(result: ProgramResult, references: Record<string, Record<string, any>>) {
  return {
    supportsFeature: unary(() => fill(new messages.SupportsFeatureResponse(), { hassupport: true })),
    getDeploymentInfo: unary(() => Promise.reject(new RpcError("older engine", status.UNIMPLEMENTED))),
    registerPackage: unary(() => fill(new messages.RegisterPackageResponse(), { ref: "package" })),
    invoke: unary((request: Message) => {
      const inputs = bag(request.getArgs());
      return fill(new providerMessages.InvokeResponse(), { return: pack(awsCall(request.getTok(), inputs, PLACE) ?? inputs) });
    }),
    readResource: unary((request: Message) =>
      fill(new messages.ReadResourceResponse(), {
        urn: `urn:pulumi:${request.getName()}`,
        properties: pack({ ...bag(request.getProperties()), outputs: references[request.getId()] ?? {} }),
      }),
    ),
    registerResource: unary((request: Message) => {
      const [type, name, inputs] = [request.getType(), request.getName(), bag(request.getObject())] as [string, string, object];
      result.registered.push(`${type} ${name}`);
      const state = { ...inputs, ...(type.startsWith("aws:") && awsOutputs(type, name, inputs, PLACE)) };
      return fill(new messages.RegisterResourceResponse(), {
        urn: `urn:pulumi:test::millrace::${type}::${name}`,
        id: (state as { id?: string }).id ?? `${name}-id`,
        object: pack(state),
      });
    }),
    registerResourceOutputs: unary((request: Message) => {
      if (request.getUrn().includes("pulumi:pulumi:Stack")) {
        result.outputs = bag(request.getOutputs());
      }
      return new Empty();
    }),
    signalAndWaitForShutdown: unary(() => new Empty()),
  };
}

/** The part that the user hears. */
function listener(result: ProgramResult) {
  let root = "";
  return {
    log: unary((request: Message) => {
      if (request.getSeverity() === (engineMessages as any).LogSeverity.ERROR) {
        result.errors.push(request.getMessage());
      }
      return new Empty();
    }),
    getRootResource: unary(() => fill(new engineMessages.GetRootResourceResponse(), { urn: root })),
    setRootResource: unary((request: Message) => {
      root = request.getUrn();
      return new engineMessages.SetRootResourceResponse();
    }),
  };
}
