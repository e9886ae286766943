import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { userHere } from "#engine/user";

const answering = (answer: () => { username: string }): void => {
  vi.spyOn(os, "userInfo").mockImplementation(answer as typeof os.userInfo);
  syncBuiltinESMExports();
};

describe("the user", () => {
  beforeEach(() => answering(() => ({ username: "ada" })));
  afterEach(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });

  it.each([
    [{ USER: "ben", LOGNAME: "cleo" }, "ben"],
    [{ USER: "", LOGNAME: "cleo" }, "cleo"],
    [{}, "ada"],
  ])("is, with %j, %s", (env, name) => expect(userHere(env)).toBe(name));

  it("is a number in a container that has no name for it", () => {
    answering(() => {
      throw new Error("uv_os_get_passwd returned ENOENT");
    });
    expect(userHere({})).toMatch(/^uid-\d+$/);
  });
});
