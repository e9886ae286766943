// The engine's ResourceProvider service, answered by the plain functions of a stand-in.

import { status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import grpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { type Bag, differences } from "#engine/values";
import { buildComponent } from "./component.ts";
import { connect } from "./engine-log.ts";
import { engineAddress, RpcError, serve, unary } from "./grpc-server.ts";
import { bag, diffResponse, fill, initialisationError, type Message, pack } from "./messages.ts";
import { Empty } from "./protobuf.ts";
import type { Checked, NamingHelp, Old, Operation, StandIn, Stored, Subject } from "./stand-in.ts";

/** Definition of the service, for a server or a client. */
export const services = grpc.ResourceProviderService;

/** Secrets reach the provider wrapped, so that it alone decides which outputs are secret. */
const ABILITIES = { acceptSecrets: true, supportsAutonamingConfiguration: true };

/** Serves a stand-in to the engine that started this process. */
export function serveProvider(provider: StandIn): void {
  const address = engineAddress();
  if (address !== undefined) {
    connect(address);
  }
  serve(services, providerService(provider));
}

/** The handlers of a gRPC server. */
export function providerService(provider: StandIn): UntypedServiceImplementation {
  const interrupt = new AbortController();
  const operation = (preview: boolean, timeoutSeconds: number): Operation => ({
    preview,
    timeoutSeconds,
    signal: interrupt.signal,
  });
  return {
    handshake: unary(() => fill(new messages.ProviderHandshakeResponse(), ABILITIES)),
    getPluginInfo: unary(() => fill(new plugin.PluginInfo(), { version: provider.version })),
    getSchema: unary(() => fill(new messages.GetSchemaResponse(), { schema: "{}" })),
    configure: unary((request: Message) => {
      provider.configure?.(bag(request.getArgs()));
      const { acceptSecrets: acceptsecrets, supportsAutonamingConfiguration } = ABILITIES;
      return fill(new messages.ConfigureResponse(), { acceptsecrets, supportspreview: true, supportsAutonamingConfiguration });
    }),
    check: unary(async (request: Message) => {
      const inputs = bag(request.getNews());
      return checkResponse(
        (await provider.check?.(subjectOf(request), inputs, bag(request.getOlds()), helpOf(request))) ?? { inputs },
      );
    }),
    diff: unary(async (request: Message) => {
      const [old, inputs] = [oldOf(request), bag(request.getNews())];
      const comparison = await provider.compare?.(subjectOf(request), old, inputs);
      return diffResponse(comparison ?? { changes: differences(old.inputs, inputs) });
    }),
    create: unary(async (request: Message) => {
      const inputs = bag(request.getProperties());
      const how = operation(request.getPreview(), request.getTimeout());
      const stored = await provider.create(subjectOf(request), inputs, how);
      return fill(settle(stored, new messages.CreateResponse(), inputs), { id: stored.id });
    }),
    update: unary(async (request: Message) => {
      const inputs = bag(request.getNews());
      const how = operation(request.getPreview(), request.getTimeout());
      return settle(
        await provider.update(subjectOf(request), oldOf(request), inputs, how),
        new messages.UpdateResponse(),
        inputs,
      );
    }),
    read: unary(async (request: Message) => {
      const known: Old = { id: request.getId(), inputs: bag(request.getInputs()), outputs: bag(request.getProperties()) };
      const found = provider.read ? await provider.read(subjectOf(request), known) : known;
      const response = new messages.ReadResponse();
      return found
        ? fill(response, { id: found.id ?? known.id, inputs: pack(found.inputs), properties: pack(found.outputs) })
        : response;
    }),
    delete: unary(async (request: Message) => {
      const old = { id: request.getId(), outputs: bag(request.getProperties()) };
      await provider.delete?.(subjectOf(request), old, operation(false, request.getTimeout()));
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
    construct: unary((request: Message) => {
      if (!provider.construct) {
        throw new RpcError(`this stand-in provider cannot build ${request.getType()}`, status.UNIMPLEMENTED);
      }
      return buildComponent(request, provider.version, provider.construct);
    }),
    cancel: unary(() => {
      interrupt.abort();
      return new Empty();
    }),
    attach: unary((request: Message) => {
      connect(request.getAddress());
      return new Empty();
    }),
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

function helpOf(request: Message): NamingHelp {
  const proposedName: string | undefined = request.getAutonaming()?.getProposedName();
  return { seed: request.getRandomseed_asU8(), ...(proposedName ? { proposedName } : {}) };
}

function checkResponse({ inputs, failures = [] }: Checked): Message {
  const list = failures.map((failure) => fill(new messages.CheckFailure(), { ...failure }));
  return fill(new messages.CheckResponse(), { inputs: pack(inputs), failuresList: list });
}

/** The outputs, or the error that carries them when the object is not ready. */
function settle({ id, outputs, notReady: reasons }: Stored, response: Message, inputs: Bag): Message {
  if (reasons) {
    throw initialisationError({ id, outputs, reasons }, inputs);
  }
  return fill(response, { properties: pack(outputs) });
}
