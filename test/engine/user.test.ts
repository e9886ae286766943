import { userInfo } from "node:os";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { userHere } from "#engine/user";

vi.mock("node:os", () => ({ userInfo: vi.fn(() => ({ username: "ada" })) }));

describe("the user", () => {
  beforeEach(
    () =>
      void vi
        .mocked(userInfo)
        .mockReset()
        .mockReturnValue({ username: "ada" } as never),
  );

  it.each([
    [{ USER: "ben", LOGNAME: "cleo" }, "ben"],
    [{ USER: "", LOGNAME: "cleo" }, "cleo"],
    [{}, "ada"],
  ])("is, with %j, %s", (env, name) => expect(userHere(env)).toBe(name));

  it("is a number in a container that has no name for it", () => {
    vi.mocked(userInfo).mockImplementation(() => {
      throw new Error("uv_os_get_passwd returned ENOENT");
    });
    expect(userHere({})).toMatch(/^uid-\d+$/);
  });
});
