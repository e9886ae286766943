import { type Resource, readable } from "#policies/resource";
import * as sample from "../../harness.ts";

export const resource = (type: string, inputs: object, provider: object = { region: "eu-west-1" }): Resource =>
  sample.resource("x", inputs, { type, provider: readable(provider) });
