import { describe, expect, it } from "vitest";
import { deletionOrder } from "#rehearsal/deletion-order";
import type { StateResource } from "#rehearsal/state";

const urn = (name: string): string => `urn:pulumi:dev::millrace::${typeOf(name)}::${name}`;
const typeOf = (name: string): string =>
  name.startsWith("C") ? "millrace:x:C" : name.startsWith("p") ? "pulumi:providers:aws" : "aws:x:R";
const resource = (name: string, parent?: string, ...dependencies: string[]): StateResource => ({
  urn: urn(name),
  type: typeOf(name),
  custom: !name.startsWith("C"),
  ...(parent !== undefined && { parent: urn(parent) }),
  dependencies: dependencies.map(urn),
});

/** Component CB depends on component CA; each has resources, at two depths, and CB a provider. */
const STATE = [
  resource("CA"),
  resource("a1", "CA"),
  resource("CAInner", "CA"),
  resource("a2", "CAInner"),
  resource("CB", undefined, "CA"),
  resource("b1", "CB"),
  resource("CBInner", "CB"),
  resource("b2", "CBInner"),
  resource("provider", "CB"),
];
const faults = (...deletions: string[]): string[] =>
  deletionOrder(STATE, deletions.map(urn)).faults.map(({ late, gone }) => `${late} after ${gone}`);

describe("the order of deletions", () => {
  it("is right when everything of a component goes before anything that it depends on, at every depth", () => {
    expect(deletionOrder(STATE, ["b2", "CBInner", "b1", "a2", "a1", "provider", "CA", "CB"].map(urn))).toEqual({
      components: 1,
      pairs: 4,
      faults: [],
    });
  });

  it("names each resource that went too late, with what was gone by then", () => {
    expect(faults("b1", "a2", "b2", "a1")).toEqual(["aws:x:R 'b2' after aws:x:R 'a2'"]);
    expect(faults("a1", "a2", "b1", "b2")).toHaveLength(4);
    expect(deletionOrder(STATE, [urn("a1"), urn("b1")]).faults[0]?.component).toBe("millrace:x:C 'CB'");
  });

  it("does not judge what was kept", () => {
    expect(deletionOrder(STATE, [urn("a1"), urn("a2")])).toEqual({ components: 1, pairs: 0, faults: [] });
  });

  it("holds also for a dependency on a single resource, and not for a component's own", () => {
    const state = [resource("a1"), resource("CB", undefined, "a1", "b1"), resource("b1", "CB"), resource("b2", "CB")];
    const { pairs, faults: found } = deletionOrder(state, ["b1", "a1", "b2"].map(urn));
    expect([pairs, found.map(({ late, gone }) => [late, gone])]).toEqual([2, [["aws:x:R 'b2'", "aws:x:R 'a1'"]]]);
  });
});
