import { expect, it } from "vitest";
import { defaultTagsOf } from "#policies/aws/default-tags";
import { readable, SECRET, Undecided } from "#policies/resource";
import { UNKNOWN } from "../harness/wire.ts";
import { resource } from "./harness.ts";

const of = (provider: object) => defaultTagsOf(resource("a", {}, { provider: readable(provider) }));

it.each([
  ["JSON text, as the provider takes it", { defaultTags: '{"tags":{"owner":"me"}}' }],
  ["an object", { defaultTags: { tags: { owner: "me" } } }],
])("reads %s", (_, provider) => {
  expect({ ...of(provider) }).toEqual({ owner: "me" });
});

it.each([[{}], [{ defaultTags: "{}" }], [{ defaultTags: {} }]])("finds none in %j", (provider) => {
  expect(of(provider)).toEqual({});
});

it.each([SECRET, UNKNOWN])("cannot tell where they are %s", (defaultTags) => {
  expect(() => of({ defaultTags })).toThrow(new Undecided("defaultTags"));
});
