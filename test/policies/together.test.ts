import { describe, expect, it } from "vitest";
import { readable, UNKNOWN_STRING, Undecided } from "#policies/resource";
import { together } from "#policies/together";

const fault = (property: string) => ({ property, got: "a", want: "b" });
const inputs = readable({ first: UNKNOWN_STRING, second: UNKNOWN_STRING });
const open = (property: string) => () => inputs[property];

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

  it("tells what is known although something is not", () => {
    expect(together(open("first"), () => [fault("a")])).toEqual([fault("a")]);
  });

  it("stays open where nothing is wrong that is known, and names the first value that is not", () => {
    expect(() => together(() => [], open("first"), open("second"))).toThrow(new Undecided("first"));
  });

  it("does not swallow a mistake of a check", () => {
    const broken = () => {
      throw new TypeError("broken");
    };
    expect(() => together(broken, () => [fault("a")])).toThrow(TypeError);
  });
});
