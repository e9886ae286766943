// The page of a real plan in a real browser, where there is one: Chromium or Chrome on PATH.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";

const BROWSER = ["chromium", "google-chrome", "chromium-browser"].find((name) => spawnSync(name, ["--version"]).status === 0);
const folder = mkdtempSync(join(tmpdir(), "millrace-page-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs in the page: its width, what it needs, and what stands beside it although nothing scrolls there. */
const MEASURE = `
  const root = document.documentElement;
  const sticksOut = (e) => !e.closest(".scroll, svg, .panel") && e.getBoundingClientRect().right > root.clientWidth + 1;
  const wide = [...document.querySelectorAll("body *")].filter(sticksOut).map((e) => e.outerHTML.slice(0, 80));
  const answers = [...document.querySelectorAll(".facts dt")].filter((e) => e.getBoundingClientRect().bottom < 700).map((e) => e.textContent);
  parent.document.title = JSON.stringify({ width: root.clientWidth, needs: root.scrollWidth, wide, answers });
`;

/** A frame has the width of a phone; a window of the browser may not be so narrow. */
function measured(page: string, width: number): { width: number; needs: number; wide: string[]; answers: string[] } {
  const inner = readFileSync(page, "utf8").replace(
    "</body>",
    `<script>addEventListener("load", () => {${MEASURE}})</script></body>`,
  );
  const frame = join(folder, `frame-${width}.html`);
  const srcdoc = inner.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  writeFileSync(
    frame,
    `<body style="margin:0"><iframe style="border:0" width="${width}" height="800" srcdoc="${srcdoc}"></iframe>`,
  );
  const options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=3000"];
  const dom = execFileSync(
    BROWSER!,
    [...options, `--user-data-dir=${join(folder, "profile")}`, "--dump-dom", `file://${frame}`],
    {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  return JSON.parse(
    /<title>(.*?)<\/title>/.exec(dom)![1]!.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"),
  );
}

const page = join(folder, "plan.html");
beforeAll(() => {
  execFileSync(process.execPath, ["cli/millrace.mjs", "plan", "prod", "--against", "staging", "--html", page], {
    cwd: PROJECT_FOLDER,
    stdio: "ignore",
  });
});

it.skipIf(BROWSER === undefined).each([360, 420, 1280])(
  "nothing of the page is cut off at %d pixels, and its answers stand on top",
  (width) => {
    const { answers, ...found } = measured(page, width);
    expect(found).toEqual({ width, needs: width, wide: [] });
    expect(answers.slice(0, 4)).toEqual(["policy", "capacity", "a month at rest", "ceiling a month"]);
  },
);
