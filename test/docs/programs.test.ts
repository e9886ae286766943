import { expect, it } from "vitest";
import { OF_GUIDES } from "#toolchain/doctor";
import { pages } from "./pages.ts";

/** The text of code, without which a program is only talked about. */
const code = (text: string): string =>
  // A runbook that a guide shows is text, not a command of the guide.
  [...text.replaceAll(/```md\n[\s\S]*?```/g, "").matchAll(/```sh\n([\s\S]*?)```|`([^`\n]+)`/g)]
    .map(([, block, span]) => block ?? span)
    .join("\n");

const isRunbook = (path: string): boolean => path.startsWith("docs/runbooks/");

it.each(OF_GUIDES)("the doctor names the pages whose commands call $name", ({ name, pages: told }) => {
  const calls = name === "session-manager-plugin" ? /aws ssm start-session/ : new RegExp(`(^|[|&;(]) *(sudo )?${name} `, "m");
  const own = pages.filter(({ path }) => /^docs\/(guides|runbooks|model-server)/.test(path) && !path.endsWith("rehearsal.md"));
  const paths = own.filter(({ text }) => calls.test(code(text))).map(({ path }) => path);
  const isEvery = told.includes("every runbook");
  expect(paths.filter((path) => !(isEvery && isRunbook(path))).sort()).toEqual(
    told.filter((each) => each !== "every runbook").sort(),
  );
  expect(isEvery && !paths.some(isRunbook)).toBe(false);
});

it("the doctor knows every program that guides and runbooks call", () => {
  // `state` and `ledger` are functions of the guide; the others come with every shell or system.
  const known = new Set([
    ...OF_GUIDES.map(({ name }) => name),
    "aws",
    "pulumi",
    "git",
    "npx",
    "npm",
    "export",
    "cd",
    "for",
    "state",
    "ledger",
    "base64",
    "date",
    "sed",
    "echo",
    "rm",
    "sha256sum",
    "cut",
    // Of whoever trains a model.
    "pip",
    // Of the virtual environment that the guide makes.
    "python",
  ]);
  const calls = pages
    .filter(({ path }) => /^docs\/(guides|runbooks)\//.test(path))
    .flatMap(({ text }) =>
      // A runbook that a guide shows is text, not a command of the guide.
      [...text.replaceAll(/```md\n[\s\S]*?```/g, "").matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
        block.replace(/\\\n/g, " ").split("\n"),
      ),
    )
    .flatMap((line) => [...line.matchAll(/(?:^|\| *|\$\(|&& *)([a-z][\w-]*) /g)].map(([, name = ""]) => name));
  expect([...new Set(calls)].filter((name) => !known.has(name)).sort()).toEqual([]);
});
