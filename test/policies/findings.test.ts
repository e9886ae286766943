import { describe, expect, it } from "vitest";
import { ofEach, together, Unreadable } from "#policies/findings";
import { readable, Undecided } from "#policies/resource";
import { UNKNOWN } from "../harness/wire.ts";
import { resource } from "./harness.ts";

const fault = (property: string) => ({ property, got: "a", want: "b" });
const inputs = readable({ first: UNKNOWN, second: UNKNOWN });
const open = (property: string) => () => [fault(String(inputs[property]))];
const broken = (): never => {
  throw new TypeError("broken");
};

describe("together", () => {
  it("collects what every check finds", () => {
    expect(
      together(
        () => [fault("a")],
        () => [],
        () => [fault("b"), fault("c")],
      ),
    ).toEqual(["a", "b", "c"].map(fault));
    expect(together()).toEqual([]);
  });

  it("reports faults and unknown values side by side", () => {
    expect(together(open("first"), () => [fault("a")], open("second"))).toEqual([
      new Undecided("first"),
      fault("a"),
      new Undecided("second"),
    ]);
  });

  it("reports a check that fails, and goes on", () => {
    expect(together(broken, () => [fault("a")])).toEqual([new Unreadable(new TypeError("broken")), fault("a")]);
  });
});

describe("ofEach", () => {
  it("names the resource at which a check fails, and looks at the others", () => {
    const [one, other] = [resource("one"), resource("other")];
    const [failure, found] = ofEach([one, other], (each) => (each === one ? broken() : [fault(each.name)]));
    expect(failure).toEqual(new Unreadable(new TypeError("broken"), one.address));
    expect(failure).toHaveProperty("address", one.address);
    expect(found).toEqual(fault("other"));
  });
});
