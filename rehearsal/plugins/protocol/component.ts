// Components that live in a provider: the program registers one resource, the provider its children.

import { credentials } from "@grpc/grpc-js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import monitorServices from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import monitorMessages from "@pulumi/pulumi/proto/resource_pb.js";
import type { Bag } from "#engine/values";
import type { Message } from "./messages.ts";
import { Struct } from "./protobuf.ts";

/** A resource to be registered. */
export interface Declaration {
  readonly type: string;
  readonly name: string;
  readonly inputs: Bag;
}

/** What a component consists of; the URN is there for messages about it. */
export type Build = (component: Declaration & { readonly urn: string }) => Declaration[];

/** Registers a component and its children with the engine that asks for it. */
export async function buildComponent(request: Message, version: string, build: Build): Promise<Message> {
  const monitor = new monitorServices.ResourceMonitorClient(request.getMonitorendpoint(), credentials.createInsecure());
  const provider = request.getProvidersMap().get(request.getType().split(":")[0]);
  const register = ({ type, name, inputs }: Declaration, parent: string, custom: boolean): Promise<string> => {
    const declaration = new monitorMessages.RegisterResourceRequest()
      .setType(type)
      .setName(name)
      .setParent(parent)
      .setCustom(custom)
      .setObject(Struct.fromJavaScript(inputs))
      .setAcceptsecrets(true)
      // Children share the provider instance that the program itself gets for this version.
      .setVersion(custom ? version : "")
      .setProvider((custom && provider) || "")
      .setDependenciesList(custom ? [] : request.getDependenciesList())
      .setRetainondelete(request.getRetainondelete());
    return new Promise((resolve, reject) =>
      monitor.registerResource(declaration, (error: Error | null, response: Message) =>
        error ? reject(error) : resolve(response.getUrn()),
      ),
    );
  };
  try {
    const component: Declaration = {
      type: request.getType(),
      name: request.getName(),
      inputs: request.getInputs()?.toJavaScript() ?? {},
    };
    const urn = await register(component, request.getParent(), false);
    await Promise.all(build({ ...component, urn }).map((child) => register(child, urn, true)));
    await new Promise<void>((resolve, reject) =>
      monitor.registerResourceOutputs(new monitorMessages.RegisterResourceOutputsRequest().setUrn(urn), (error: Error | null) =>
        error ? reject(error) : resolve(),
      ),
    );
    return new messages.ConstructResponse().setUrn(urn).setState(new Struct());
  } finally {
    monitor.close();
  }
}
