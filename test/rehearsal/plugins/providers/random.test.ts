import { describe, expect, it } from "vitest";
import { type Bag, isSecret, reveal, UNKNOWN } from "#engine/values";
import { random } from "#rehearsal/plugins/providers/random/provider";

const operation = (preview = false) => ({ preview, timeoutSeconds: 0, signal: new AbortController().signal });
const draw = async (kind: string, inputs: Bag, preview = false) =>
  random.create({ urn: "", name: "x", type: `random:index/random${kind}:Random${kind}` }, inputs, operation(preview));

describe("the random stand-in", () => {
  it("draws passwords with the minimum of each class, secret, not in the id, and without an invented hash", async () => {
    const { id, outputs } = await draw("Password", { length: 12, minNumeric: 3, minSpecial: 2, overrideSpecial: "_" });
    expect(id).toBe("none");
    expect(isSecret(outputs["result"])).toBe(true);
    const password: string = reveal(outputs["result"]);
    expect([password.length, password.replace(/\D/g, "").length >= 3, password.replace(/[^_]/g, "").length >= 2]).toEqual([
      12,
      true,
      true,
    ]);
    expect(outputs).not.toHaveProperty("bcryptHash");
  });

  it.each([
    ["String", { length: 8, upper: false, numeric: false, special: false }, /^[a-z]{8}$/],
    ["Uuid", {}, /^[0-9a-f-]{36}$/],
    ["Integer", { min: 7, max: 7 }, /^7$/],
    ["Pet", { prefix: "my", length: 1 }, /^my-[a-z]+$/],
    ["Id", { byteLength: 4 }, /^[\w-]{6}$/],
  ])("draws %s", async (kind, inputs, id) => {
    expect((await draw(kind, inputs)).id).toMatch(id);
  });

  it("draws nothing in a preview", async () => {
    expect(await draw("Id", { byteLength: 4 }, true)).toMatchObject({ id: "", outputs: { hex: UNKNOWN, dec: UNKNOWN } });
  });

  it("replaces on any change", async () => {
    const comparison = await random.compare?.(
      { urn: "", name: "", type: "" },
      { id: "", inputs: { length: 8 }, outputs: {} },
      { length: 9 },
    );
    expect([...(comparison?.replaces ?? [])]).toEqual(["length"]);
  });

  it("refuses what cannot be drawn", async () => {
    await expect(draw("String", { length: 1, minLower: 2 })).rejects.toThrow(
      "a string of 1 characters cannot hold the 2 that its minimums ask for",
    );
    await expect(draw("Bytes", {})).rejects.toThrow(
      "the stand-in random provider does not know random:index/randomBytes:RandomBytes",
    );
  });
});
