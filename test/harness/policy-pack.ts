import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Client, type ClientOptions, credentials, type MethodDefinition } from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { Bag } from "#engine/values";
import { fill, type Message, pack } from "#rehearsal/plugins/protocol/messages";
import { Empty } from "#rehearsal/plugins/protocol/protobuf";

/** A resource as the engine hands it to a pack. */
export interface Handed {
  type: string;
  name: string;
  stack: string;
  inputs: Bag;
  protect?: boolean;
  ignoreChanges?: string[];
  parent?: string;
  /** Names of resources of the same list. */
  dependencies?: string[];
  provider?: Bag;
}

/** What a pack answers: `<rule> <level>`, and its message. */
export interface Diagnostic {
  rule: string;
  level: "advisory" | "mandatory";
  message: string;
  urn: string;
}

export interface PolicyPack {
  /** What the pack says of itself. */
  info(): Promise<{ name: string; version: string; policies: { name: string; properties: object; level: number }[] }>;
  /** @param config content of a file for `--policy-pack-config`. */
  configure(config: Record<string, unknown>): Promise<void>;
  analyze(resource: Handed): Promise<Diagnostic[]>;
  /** What the engine asks before it has a resource analysed. @returns how many rules would change it. */
  remediate(resource: Handed): Promise<number>;
  analyzeStack(resources: readonly Handed[]): Promise<Diagnostic[]>;
  /** What it wrote, after the port: the user of the engine reads it. */
  output(): string;
  stop(): Promise<void>;
}

/** Most that gRPC lets through by default is 4 MiB; the engine allows 400. */
const LIMIT = 400 * 2 ** 20;
const LEVELS = ["advisory", "mandatory", "disabled"] as const;

type Method = "analyze" | "analyzeStack" | "configure" | "getAnalyzerInfo" | "remediate";

/** What the SDK generates of the engine's protocol; it comes without types of a client that is called by a method's name. */
const generated = services as unknown as {
  AnalyzerClient: new (address: string, secrets: ReturnType<typeof credentials.createInsecure>, options: ClientOptions) => Client;
  AnalyzerService: Record<Method, MethodDefinition<Message, Message>>;
};

/**
 * Starts a policy pack in a process of its own, as the engine does, and speaks to it as the engine does.
 *
 * @param folder the one that `--policy-pack` would name.
 * @param node runs it. @default - the Node of the tests
 * @throws {Error} with what the process wrote, when it ends before it serves.
 */
export async function startPack(
  folder: string,
  env: Record<string, string> = {},
  node: string = process.execPath,
): Promise<PolicyPack> {
  // The SDK that the pack itself finds runs it, as the engine's language host has it.
  const program = createRequire(join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const child = spawn(node, [program, "127.0.0.1:1", folder], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  let written = "";
  const port = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      written += chunk.toString();
      const [first, ...rest] = written.split("\n");
      if (rest.length > 0 && /^\d+$/.test(first ?? "")) {
        resolve(first as string);
      }
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    void ended.then((code) => reject(new Error(`the pack ended with ${code}: ${written}`)));
  });
  const client = new generated.AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
    "grpc.max_receive_message_length": LIMIT,
    "grpc.max_send_message_length": LIMIT,
    // What a client of Node's does beside asking, and the engine's does not in the same measure.
    "grpc.enable_channelz": 0,
    "grpc.enable_retries": 0,
  });
  const call = (method: Method, request: Message): Promise<Message> => {
    const { path, requestSerialize, responseDeserialize } = generated.AnalyzerService[method];
    const write = Buffer.isBuffer(request) ? (written: Buffer) => written : requestSerialize;
    return new Promise((resolve, reject) =>
      client.makeUnaryRequest(path, write, responseDeserialize, request, (error: Error | null, answer: Message) =>
        error ? reject(error) : resolve(answer),
      ),
    );
  };
  return {
    info: async () => {
      const info = await call("getAnalyzerInfo", new Empty());
      const policies = info.getPoliciesList().map((policy: Message) => ({
        name: policy.getName(),
        properties: policy.getConfigschema()?.getProperties().toJavaScript() ?? {},
        level: policy.getEnforcementlevel(),
      }));
      return { name: info.getName(), version: info.getVersion(), policies };
    },
    configure: async (config) => {
      await call("configure", configuration(config));
    },
    analyze: async (resource) => diagnostics(await call("analyze", asked(resource))),
    remediate: async (resource) => {
      const answer = await call("remediate", asked(resource));
      return answer.getRemediationsList().length;
    },
    analyzeStack: async (resources) => {
      const urns = new Map(resources.map((resource) => [resource.name, urnOf(resource)]));
      const list = resources.map((resource) =>
        fill(described(new messages.AnalyzerResource(), resource), {
          parent: resource.parent ?? "",
          dependenciesList: (resource.dependencies ?? []).flatMap((name) => urns.get(name) ?? []),
        }),
      );
      return diagnostics(await call("analyzeStack", fill(new messages.AnalyzeStackRequest(), { resourcesList: list })));
    },
    output: () => written.slice(port.length + 1),
    stop: async () => {
      client.close();
      child.kill();
      await Promise.race([ended, pause(2000)]);
    },
  };
}

const urnOf = ({ stack, type, name }: Handed): string => `urn:pulumi:${stack}::millrace::${type}::${name}`;

const requests = new WeakMap<Handed, Buffer>();

/** Writes the question about a resource, once for all methods: a measurement is of the pack, not of who asks. */
export function asked(resource: Handed): Buffer {
  const request = requests.get(resource) ?? Buffer.from(described(new messages.AnalyzeRequest(), resource).serializeBinary());
  requests.set(resource, request);
  return request;
}

function described(request: Message, resource: Handed): Message {
  const { type, name, stack, inputs, protect = false, ignoreChanges = [], parent = "", provider } = resource;
  const options = fill(new messages.AnalyzerResourceOptions(), { protect, ignorechangesList: ignoreChanges, parent });
  const made = fill(request, { type, name, urn: urnOf(resource), properties: pack(inputs), options });
  const by = `pulumi:providers:${type.split(":")[0]}`;
  return provider === undefined
    ? made
    : made.setProvider(
        fill(new messages.AnalyzerProviderResource(), {
          type: by,
          name: "by",
          urn: urnOf({ stack, type: by, name: "by", inputs: {} }),
          properties: pack(provider),
        }),
      );
}

/** As the engine reads a file for `--policy-pack-config` (pkg/resource/analyzer/config.go). */
function configuration(config: Record<string, unknown>): Message {
  const request = new messages.ConfigureAnalyzerRequest();
  for (const [rule, value] of Object.entries(config)) {
    const { enforcementLevel, ...properties } = (typeof value === "string" ? { enforcementLevel: value } : value) as {
      enforcementLevel: Diagnostic["level"];
    } & Bag;
    const level = LEVELS.indexOf(enforcementLevel);
    request
      .getPolicyconfigMap()
      .set(rule, fill(new messages.PolicyConfig(), { enforcementlevel: level, properties: pack(properties) }) as never);
  }
  return request;
}

const diagnostics = (answer: Message): Diagnostic[] =>
  answer.getDiagnosticsList().map((diagnostic: Message) => ({
    rule: diagnostic.getPolicyname(),
    level: LEVELS[diagnostic.getEnforcementlevel()],
    message: diagnostic.getMessage(),
    urn: diagnostic.getUrn(),
  }));
