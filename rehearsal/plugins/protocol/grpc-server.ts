// The part every plugin shares: speak gRPC on a loopback port and tell the engine which port.
//
// A Pulumi plugin is a process that prints one line, its port, on stdout and then serves a gRPC
// service on 127.0.0.1. Everything after that first line is shown to the user as program output.

import type { handleUnaryCall, ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import { Metadata, Server, ServerCredentials, status } from "@grpc/grpc-js";

/** gRPC's default of 4 MiB is too small: the engine itself allows 400 MiB. */
const MESSAGE_LIMIT = 400 * 1024 * 1024;

/** An error with a gRPC code that the engine knows how to treat. */
export class RpcError extends Error {
  readonly code: number;

  constructor(message: string, code: number = status.UNKNOWN) {
    super(message);
    this.code = code;
  }
}

/** Turns an async function into a gRPC handler; whatever it throws becomes the sentence the user reads. */
export function unary<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, reply) => {
    Promise.resolve(call.request)
      .then(answer)
      .then(
        (response) => reply(null, response),
        (error: unknown) => {
          const failure = error instanceof RpcError ? error : new RpcError(explain(error));
          reply({ code: failure.code, details: failure.message, metadata: new Metadata() });
        },
      );
  };
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  // A programming mistake in the plugin needs its stack; an expected failure must not have one.
  return error instanceof TypeError || error instanceof ReferenceError ? (error.stack ?? error.message) : error.message;
}

/** Serves until the engine interrupts the process group, or is no more. */
export function serve(service: ServiceDefinition, implementation: UntypedServiceImplementation): void {
  const server = new Server({
    "grpc.max_receive_message_length": MESSAGE_LIMIT,
    "grpc.max_send_message_length": MESSAGE_LIMIT,
  });
  server.addService(service, implementation);
  // A fixed port is for attaching a plugin that is already running (PULUMI_DEBUG_PROVIDERS).
  const address = `127.0.0.1:${process.env["PULUMI_PLUGIN_PORT"] ?? "0"}`;
  server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
      throw error;
    }
    process.stdout.write(`${port}\n`);
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => process.exit(0));
  }
  if (engineAddress() !== undefined) {
    // An engine that was killed cannot signal, but the pipe it holds to our stdin closes.
    process.stdin.once("end", () => process.exit(0)).resume();
  }
}

/** The engine's address is the last argument: flags such as `-v=9` or `--tracing URL` may come first. */
export function engineAddress(): string | undefined {
  return process.argv.slice(2).findLast((argument) => /^\S+:\d+$/.test(argument));
}
