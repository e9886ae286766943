import { expect, test } from "vitest";
import { explain, unshareArguments } from "#rehearsal/cluster/isolation/probe";
import { nsenterArguments } from "#rehearsal/cluster/isolation/visit";

const none = () => undefined;

test.each([
  ["kernel.unprivileged_userns_clone", "0", "1"],
  ["user.max_user_namespaces", "0", "15000"],
  ["kernel.apparmor_restrict_unprivileged_userns", "1", "0"],
])("%s = %s is named with the way to allow it", (setting, value, allowed) => {
  const error = explain("unshare: unshare failed: Operation not permitted", (name) => (name === setting ? value : undefined));
  expect(error.sentence).toBe(`This kernel does not let a user make a namespace: ${setting} is ${value}.`);
  expect(error.remedy).toBe(`Run 'sudo sysctl -w ${setting}=${allowed}', or run the rehearsal as root.`);
});

test("without a setting that explains it, the message is unshare's own", () => {
  expect(explain("unshare: mount /proc failed: Operation not permitted", none).message).toBe(
    "A namespace could not be made: unshare: mount /proc failed: Operation not permitted. " +
      "Run the rehearsal as root, or in a container that may make namespaces (CAP_SYS_ADMIN, unmasked /proc).",
  );
});

test("a missing program is named by its package", () => {
  expect(explain("spawnSync unshare ENOENT", none).remedy).toBe("Install the packages util-linux and iproute2.");
});

test("only a user who is not root needs a user namespace, to make it and to visit it", () => {
  const own = ["--net", "--pid", "--mount", "--fork", "--mount-proc", "--kill-child"];
  expect(unshareArguments({ userNamespace: false })).toEqual(own);
  expect(unshareArguments({ userNamespace: true })).toEqual(["--user", "--map-root-user", ...own]);
  expect(nsenterArguments(7, false)).toEqual(["--target=7", "--no-fork", "--net", "--pid", "--mount"]);
  expect(nsenterArguments(7, true)).toEqual([
    "--target=7",
    "--user",
    "--preserve-credentials",
    "--no-fork",
    "--net",
    "--pid",
    "--mount",
  ]);
});
