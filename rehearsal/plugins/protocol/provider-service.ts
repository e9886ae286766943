// The engine's ResourceProvider service, answered by the plain functions of a stand-in.

import { status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import grpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { differences } from "#engine/values";
import { RpcError, serve, unary } from "./grpc-server.ts";
import { bag, diffResponse, fill, type Message, pack } from "./messages.ts";
import { Empty } from "./protobuf.ts";
import type { Checked, Old, StandIn, Subject } from "./stand-in.ts";

/** Definition of the service, for a server or a client. */
export const services = grpc.ResourceProviderService;

/** Serves a stand-in to the engine that started this process. */
export function serveProvider(provider: StandIn): void {
  serve(services, providerService(provider));
}

/** The handlers of a gRPC server. */
export function providerService(provider: StandIn): UntypedServiceImplementation {
  return {
    // Secrets reach the provider wrapped, so that it alone decides which outputs are secret.
    handshake: unary(() => fill(new messages.ProviderHandshakeResponse(), { acceptSecrets: true })),
    getPluginInfo: unary(() => fill(new plugin.PluginInfo(), { version: provider.version })),
    getSchema: unary(() => fill(new messages.GetSchemaResponse(), { schema: "{}" })),
    configure: unary((request: Message) => {
      provider.configure?.(bag(request.getArgs()));
      return fill(new messages.ConfigureResponse(), { acceptsecrets: true, supportspreview: true });
    }),
    check: unary(async (request: Message) => {
      const inputs = bag(request.getNews());
      return checkResponse(
        (await provider.check?.(subjectOf(request), inputs, bag(request.getOlds()), request.getRandomseed_asU8())) ?? { inputs },
      );
    }),
    diff: unary(async (request: Message) => {
      const [old, inputs] = [oldOf(request), bag(request.getNews())];
      const comparison = await provider.compare?.(subjectOf(request), old, inputs);
      return diffResponse(comparison ?? { changes: differences(old.inputs, inputs) });
    }),
    create: unary(async (request: Message) => {
      const { id, outputs } = await provider.create(subjectOf(request), bag(request.getProperties()), {
        preview: request.getPreview(),
      });
      return fill(new messages.CreateResponse(), { id, properties: pack(outputs) });
    }),
    update: unary(async (request: Message) => {
      const { outputs } = await provider.update(subjectOf(request), oldOf(request), bag(request.getNews()), {
        preview: request.getPreview(),
      });
      return fill(new messages.UpdateResponse(), { properties: pack(outputs) });
    }),
    // The state is the truth: nothing changes behind the engine's back.
    read: unary((request: Message) =>
      fill(new messages.ReadResponse(), {
        id: request.getId(),
        inputs: pack(bag(request.getInputs())),
        properties: pack(bag(request.getProperties())),
      }),
    ),
    delete: unary(async (request: Message) => {
      const old = { id: request.getId(), outputs: bag(request.getProperties()) };
      await provider.delete?.(subjectOf(request), old);
      return new Empty();
    }),
    invoke: unary(async (request: Message) => {
      if (!provider.invoke) {
        throw new RpcError(`this stand-in provider has no function ${request.getTok()}`, status.UNIMPLEMENTED);
      }
      return fill(new messages.InvokeResponse(), {
        return: pack(await provider.invoke(request.getTok(), bag(request.getArgs()))),
      });
    }),
    cancel: unary(() => new Empty()),
    attach: unary(() => new Empty()),
  };
}

function subjectOf(request: Message): Subject {
  const urn: string = request.getUrn();
  const [, , type = "", name = ""] = urn.split("::");
  return { urn, type: type.split("$").at(-1) ?? "", name };
}

const oldOf = (request: Message): Old => ({
  id: request.getId(),
  inputs: bag(request.getOldInputs()),
  outputs: bag(request.getOlds()),
});

function checkResponse({ inputs, failures = [] }: Checked): Message {
  const list = failures.map((failure) => fill(new messages.CheckFailure(), { ...failure }));
  return fill(new messages.CheckResponse(), { inputs: pack(inputs), failuresList: list });
}
