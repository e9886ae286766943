import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { COMMENT_CHARACTERS } from "#render/comment";
import { type Earlier, type FakeService, type Faults, fakeService } from "./fake-service.ts";

const MARK = "<!-- millrace plan dev -->";
const folder = mkdtempSync(join(tmpdir(), "millrace-comment-"));
const file = join(folder, "plan-dev.md");
afterAll(() => rmSync(folder, { recursive: true }));

let service: FakeService;
afterEach(() => service?.close());

type Service = keyof typeof COMMENT_CHARACTERS;

const VARIABLES: Record<Service, (url: string) => Record<string, string>> = {
  github: (url) => ({
    GITHUB_API_URL: url,
    GITHUB_REPOSITORY: "example/millrace",
    GITHUB_REF: "refs/pull/7/merge",
    GITHUB_TOKEN: "secret",
    GITHUB_RUN_ID: "42",
  }),
  gitlab: (url) => ({
    GITLAB_CI: "true",
    CI_API_V4_URL: `${url}/api/v4`,
    CI_PROJECT_ID: "3",
    CI_MERGE_REQUEST_IID: "7",
    COMMENT_TOKEN: "secret",
    CI_JOB_URL: "https://gitlab.example/job/1",
  }),
};

/** Runs the script as a job of the service does, with the variables of that job and no other. */
async function comment(
  on: Service,
  text: string,
  { earlier = [], faults = {}, without }: { earlier?: Earlier[]; faults?: Faults; without?: string } = {},
): Promise<{ code: number | null; err: string }> {
  service = await fakeService(COMMENT_CHARACTERS[on], earlier, faults);
  writeFileSync(file, text);
  const env: Record<string, string> = { PATH: process.env["PATH"]!, ...VARIABLES[on](service.url) };
  if (without !== undefined) {
    delete env[without];
  }
  const child = spawn(process.execPath, ["ci/comment.ts", file], {
    cwd: PROJECT_FOLDER,
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => (err += part));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, err };
}

const others = (count: number): string[] => Array.from({ length: count }, (_, index) => `looks good ${index}`);

describe.each(["github", "gitlab"] as const)("the comment of a run, on %s,", (on) => {
  it("is written when there is none", async () => {
    expect(await comment(on, `${MARK}\nnew`, { earlier: others(3) })).toEqual({ code: 0, err: "" });
    expect(service.comments.at(-1)).toEqual({ id: 4, body: `${MARK}\nnew` });
    expect(new Set(service.received.map(({ token }) => token)).size).toBe(1);
  });

  it("is edited where it stands behind a hundred others, and behind a comment of another environment", async () => {
    const earlier = [`${MARK.replace("dev", "prod")}\nother`, ...others(100), `${MARK}\r\nold`, ...others(150)];
    expect(await comment(on, `${MARK}\nnew`, { earlier })).toEqual({ code: 0, err: "" });
    expect(service.comments).toHaveLength(earlier.length);
    expect(service.comments.filter(({ body }) => body.endsWith("new"))).toEqual([{ id: 102, body: `${MARK}\nnew` }]);
  });

  it("fits the service as a whole: long, in one line, and of characters beyond 16 bits", async () => {
    const limit = COMMENT_CHARACTERS[on];
    for (const text of [
      `${MARK}\n<details>\n\n\`\`\`diff\n${"+ a line\n".repeat(limit / 8)}\`\`\`\n</details>\n`,
      `${MARK}\n${"x".repeat(2 * limit)}`,
      `${MARK}\n${"😀".repeat(limit)}`,
    ]) {
      expect((await comment(on, text)).code).toBe(0);
      const [{ body } = { body: "" }] = service.comments;
      expect(body.length).toBeLessThanOrEqual(limit);
      expect(body.length).toBeGreaterThan(limit - 600);
      expect(body.isWellFormed()).toBe(true);
      expect(body).toMatch(/\*\*Cut here\*\*, at \d+ characters; [\d,]+ more lines?: the files of https:\S+ have all of it\.\n$/);
      service.close();
    }
  });

  it("is a new one when the earlier cannot be edited", async () => {
    expect((await comment(on, `${MARK}\nnew`, { earlier: [`${MARK}\nsomebody else's`], faults: { edits: 403 } })).code).toBe(0);
    expect(service.comments).toHaveLength(2);
  });

  it.each([false, true])(
    "is edited beside comments of others that begin like it; its own user can be asked for: %s",
    async (self) => {
      const by = (name: string, text: string): Earlier => ({
        body: `${MARK}\n${text}`,
        ...(on === "github" ? { user: { login: name } } : { author: { username: name } }),
      });
      const ours = self ? "millrace" : "github-actions[bot]";
      const earlier = [by("eve", "first"), by(ours, "older"), ...others(120), by(ours, "newest"), by("eve", "last")];
      for (const text of ["one", "two", "three"]) {
        expect((await comment(on, `${MARK}\n${text}`, { earlier, faults: { self } })).code).toBe(0);
        expect(service.comments).toHaveLength(earlier.length);
        expect(service.comments[122]!.body).toBe(`${MARK}\n${text}`);
        service.close();
      }
      // What its own user has not written is left alone where the user is known.
      expect((await comment(on, `${MARK}\nnew`, { earlier: [by("eve", "first")], faults: { self } })).code).toBe(0);
      const edits = service.received.filter(({ method }) => ["PATCH", "PUT"].includes(method));
      expect([service.comments.length, edits.length]).toEqual([2, self ? 0 : 1]);
    },
  );

  it("waits for a service that is busy, and says what it refuses", async () => {
    const busy = { status: 429, headers: { "retry-after": "0.01" } };
    expect((await comment(on, `${MARK}\nnew`, { faults: { first: [busy, { ...busy, status: 503 }] } })).code).toBe(0);
    service.close();
    const refused = await comment(on, `${MARK}\nnew`, { faults: { first: [{ status: 401 }] } });
    expect(refused).toEqual({ code: 1, err: `${on} answered 401 to the comment: {"message":"later"}\n` });
  });

  it("hands the token to no other host", async () => {
    const earlier = others(150);
    expect((await comment(on, `${MARK}\nnew`, { earlier, faults: { next: "http://127.0.0.2:1" } })).code).toBe(0);
    expect(service.comments).toHaveLength(151);
  });

  it.each(Object.keys(VARIABLES[on]("")).filter((name) => !/API|RUN|JOB|GITLAB_CI/.test(name)))(
    "is left out, and the job goes on, in a job without %s",
    async (without) => {
      const { code, err } = await comment(on, `${MARK}\nnew`, { without });
      expect([code, err.startsWith("no comment is written: ")]).toEqual([0, true]);
      expect(err).toContain(without);
      expect(service.received).toEqual([]);
    },
  );
});
