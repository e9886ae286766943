import { type Resource, readable } from "#policies/resource";
import * as harness from "../../harness.ts";

export const foundation = { layer: "foundation" } as const;

export const policy = (inputs: any): any => JSON.parse(inputs.policy);

export const changePolicy = (edit: (statements: any[]) => void) => (inputs: any) => {
  const document = policy(inputs);
  edit(document.Statement);
  inputs.policy = JSON.stringify(document);
};

/** A resource of a program whose provider may touch one account. */
export const resource = (type: string, name: string, inputs: object, own: Partial<Resource> = {}): Resource =>
  harness.resource(name, inputs, {
    type,
    address: `s/${name}`,
    protect: true,
    provider: readable({ allowedAccountIds: '["111111111111"]' }),
    ...own,
  });
