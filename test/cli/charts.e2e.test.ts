import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "tar";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { PINNED } from "#cli/charts/pins";
import { PROJECT_FOLDER } from "#engine/project";
import { type ChartServers, chartServers, OWN } from "./chart-servers.ts";

let servers: ChartServers;
let place: string;
beforeAll(async () => {
  servers = await chartServers();
  place = mkdtempSync(join(tmpdir(), "millrace-fetched-"));
});
afterAll(() => {
  servers.close();
  rmSync(place, { recursive: true });
});
afterEach(() => void (servers.before.current = undefined));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function millrace(
  args: readonly string[],
  env: Record<string, string> = servers.env,
  command: readonly string[] = ["charts"],
): Promise<Ended> {
  const { HTTPS_PROXY: _, https_proxy: __, ...rest } = process.env;
  const child = spawn(process.execPath, ["cli/millrace.mjs", ...command, ...args], {
    cwd: PROJECT_FOLDER,
    env: { ...rest, NO_COLOR: "1", ...env },
  });
  const ended: Ended = { code: null, out: "", err: "" };
  child.stdout.on("data", (text) => void (ended.out += text));
  child.stderr.on("data", (text) => void (ended.err += text));
  return new Promise((resolve) => child.on("close", (code) => resolve({ ...ended, code })));
}

const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

describe("millrace charts fetch", () => {
  it("writes every pinned chart into a folder, through a proxy, and what it was into a list to commit", async () => {
    const [to, lock] = [join(place, "charts"), join(place, "charts.lock.json")];
    const { code, out, err } = await millrace(["fetch", "--to", to, "--lock", lock]);
    expect({ code, err: err.split("\n").filter((line) => line.startsWith("✗")) }).toEqual({ code: 0, err: [] });
    expect(err).toMatch(/^✓ kueue 0\.18\.3 {3}1 KiB from oci:\/\/registry\.k8s\.io\/kueue\/charts\/kueue$/m);
    expect(out).toContain(`15 charts in ${to}; their digests are in ${lock}: commit it`);
    expect(new Set(readdirSync(to))).toEqual(new Set([...PINNED.map(({ archive }) => archive), "charts.lock.json"]));
    const { charts } = JSON.parse(readFileSync(lock, "utf8"));
    expect(charts).toEqual(
      PINNED.map(({ name, version, images, archive }) => ({
        name,
        version,
        sha256: sha256(readFileSync(join(to, archive))),
        images,
      })),
    );
    expect(readFileSync(join(to, "charts.lock.json"), "utf8")).toBe(readFileSync(lock, "utf8"));
    expect(servers.asked).toContain("charts.jetstack.io:443");
  });

  it("refuses a chart that is not the one that was fetched before, and writes nothing", async () => {
    const [to, lock] = [join(place, "changed"), join(place, "charts.lock.json")];
    const before = readFileSync(lock, "utf8");
    const notes = join(servers.notes, "kueue");
    const note = readFileSync(notes, "utf8");
    writeFileSync(notes, `${note}# changed\n`);
    const { code, err } = await millrace(["fetch", "--to", to, "--lock", lock]);
    writeFileSync(notes, note);
    expect(code).toBe(3);
    expect(err).toMatch(
      /^✗ kueue 0\.18\.3 must have the digest [0-9a-f]{64} that \S+ names, got [0-9a-f]{64} from oci:\S+: somebody has changed/m,
    );
    expect(existsSync(to)).toBe(false);
    expect(readFileSync(lock, "utf8")).toBe(before);
  });

  it("says which version is not there, and which are, and writes nothing", async () => {
    servers.before.current = ({ url, headers }, response) => {
      const isList = url?.endsWith("/index.yaml");
      const index = { entries: { "cert-manager": [{ version: "v1.21.1" }, { version: "v1.21.0" }] } };
      const tags = url?.endsWith("/tags/list") ? { tags: ["0.18.1", "0.18.2"] } : undefined;
      const body =
        isList && headers.host === "charts.jetstack.io" ? index : headers.host === "registry.k8s.io" ? tags : undefined;
      response.writeHead(body === undefined ? 404 : 200).end(JSON.stringify(body ?? {}));
    };
    const [to, lock] = [join(place, "missing"), join(place, "missing.json")];
    const { code, out, err } = await millrace(["fetch", "--to", to, "--lock", lock, "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(out).failed).toEqual(
      expect.arrayContaining([
        "cert-manager must be there in version v1.21.2, got nothing from https://charts.jetstack.io: it has v1.21.1, v1.21.0",
        "kueue must be there in version 0.18.3, got nothing from oci://registry.k8s.io/kueue/charts/kueue: it has 0.18.2, 0.18.1",
        "https://charts.external-secrets.io/index.yaml answered 404 Not Found (concerns external-secrets 2.12.0)",
      ]),
    );
    expect(err).not.toMatch(/^\s+at /m);
    expect([existsSync(to), existsSync(lock)]).toEqual([false, false]);
  });

  it.each<[what: string, answer: NonNullable<ChartServers["before"]["current"]>, said: RegExp]>([
    [
      "a text in place of each archive",
      ({ url = "" }, response) => {
        const entries = Object.fromEntries(PINNED.map(({ name, version }) => [name, [{ version, urls: [`${name}.tgz`] }]]));
        response.end(url.endsWith("index.yaml") ? JSON.stringify({ entries }) : "this is no archive");
      },
      /^✗ cert-manager-v1\.21\.2\.tgz must be the chart cert-manager v1\.21\.2, got no chart from https:/m,
    ],
    [
      "a page that asks for a login",
      (_, response) => void response.end("<html>sign in</html>"),
      /^✗ kueue 0\.18\.3 cannot be had from oci:\S+: Unexpected token/m,
    ],
    [
      "half an answer",
      (_, response) => {
        response.writeHead(200, { "content-length": "1000" });
        response.write("entries:");
        setTimeout(() => response.destroy(), 20);
      },
      /^✗ cert-manager v1\.21\.2 cannot be had from https:\/\/charts\.jetstack\.io: terminated/m,
    ],
  ])("says of %s what it is not, without a trace, and writes nothing", async (what, answer, said) => {
    servers.before.current = answer;
    const [to, lock] = [join(place, what), join(place, `${what}.json`)];
    const { code, err } = await millrace(["fetch", "--to", to, "--lock", lock]);
    servers.before.current = undefined;
    expect(code).toBe(1);
    expect(err).toMatch(said);
    expect(err).not.toMatch(/^\s+at /m);
    expect([existsSync(to), existsSync(lock)]).toEqual([false, false]);
  });

  it("leaves a folder as it was when one of its files cannot be written", async () => {
    const [to, lock] = [join(place, "taken"), join(place, "taken.json")];
    mkdirSync(join(to, `${PINNED[2]!.archive}.unfinished`), { recursive: true });
    const { code, err } = await millrace(["fetch", "--to", to, "--lock", lock]);
    expect(code).toBe(1);
    expect(err).toContain(`✗ charts cannot be brought to ${to}: EISDIR`);
    expect([readdirSync(to).filter((name) => name.endsWith(".tgz")), existsSync(lock)]).toEqual([[], false]);
  });

  it("says what stands in the way where nobody answers, and in place of a chart", async () => {
    const lock = join(place, "none.json");
    const unreachable = await millrace(["fetch", "--to", join(place, "none"), "--lock", lock], {
      ...servers.env,
      HTTPS_PROXY: "http://127.0.0.1:1",
    });
    expect(unreachable.code).toBe(1);
    expect(unreachable.err.match(/^✗ https:\/\/blob\.istio\.io cannot be reached/gm)).toHaveLength(1);
    expect(unreachable.err).toMatch(/ \(concerns base 1\.31\.1, istiod 1\.31\.1, gateway 1\.31\.1\)$/m);
    expect(unreachable.err).toMatch(/^✗ https:\/\/charts\.jetstack\.io cannot be reached \(\S.*\): HTTPS_PROXY names a proxy/m);
    const untrusted = await millrace(["fetch", "--to", join(place, "none"), "--lock", lock], {
      HTTPS_PROXY: servers.env["HTTPS_PROXY"]!,
    });
    expect(untrusted.code).toBe(1);
    expect(untrusted.err).toContain("https://charts.jetstack.io cannot be reached (DEPTH_ZERO_SELF_SIGNED_CERT)");
    const misspelt = await millrace(["fetch", "--to", join(place, "none"), "--lock", lock], { https_proxy: "proxy:nonsense" });
    expect(misspelt).toMatchObject({ code: 2, out: "" });
    expect(misspelt.err).toContain(
      "https_proxy must be the address of a proxy, such as http://proxy.example.com:3128, got 'proxy:nonsense'",
    );
  });

  it("says once what is wrong with a publisher, and which charts that concerns", async () => {
    servers.before.current = (_, response) => void response.writeHead(503).end();
    const lock = join(place, "closed.json");
    const { code, err } = await millrace(["fetch", "--to", join(place, "closed"), "--lock", lock]);
    const said = err.split("\n").filter((line) => line.startsWith("✗"));
    expect(code).toBe(1);
    const hosts = new Set(PINNED.map(({ published }) => new URL(published).host));
    expect(said).toHaveLength(hosts.size);
    expect(said).toContain(
      "✗ https://public.ecr.aws answered 503 Service Unavailable (concerns karpenter 1.14.1, karpenter-crd 1.14.1)",
    );
    for (const { name, version } of PINNED) {
      expect(said.filter((line) => line.includes(` ${name} ${version}`))).toHaveLength(1);
    }
  });

  it("pushes every chart into a registry, with a login of Helm", async () => {
    const lock = join(place, "pushed.json");
    const { code, err } = await millrace(["fetch", "--to", `oci://${OWN}/a/b`, "--lock", lock]);
    expect({ code, err: err.split("\n").filter((line) => line.startsWith("✗")) }).toEqual({ code: 0, err: [] });
    for (const { name, version, sha256: digest } of JSON.parse(readFileSync(lock, "utf8")).charts) {
      const manifest = JSON.parse(String(servers.pushed.get(`/v2/a/b/${name}/manifests/${version}`)));
      expect(manifest.layers).toEqual([
        expect.objectContaining({ mediaType: expect.stringContaining("helm.chart.content"), digest: `sha256:${digest}` }),
      ]);
      expect(sha256(servers.pushed.get(`/v2/a/b/${name}/blobs/sha256:${digest}`)!)).toBe(digest);
    }
  });

  it("says that nobody has logged in", async () => {
    const env = { ...servers.env, HELM_REGISTRY_CONFIG: join(place, "nobody.json"), DOCKER_CONFIG: place };
    servers.before.current = undefined;
    const { code, err } = await millrace(["fetch", "--to", `oci://${OWN}/c`, "--lock", join(place, "x.json")], env);
    expect(code).toBe(1);
    expect(err).toMatch(/^✗ https:\/\/registry\.example\.com, asked for a token, answered 401/m);
  });
});

describe("millrace charts verify", () => {
  /** A folder with charts that say what the table of images says. */
  async function filled(name: string, edit: (chart: { name: string; version: string; values: any }) => void = () => {}) {
    const folder = join(place, name);
    mkdirSync(folder);
    const charts = [];
    for (const chart of PINNED) {
      const content = { name: chart.name, version: chart.version, values: {} as any };
      for (const { path, was } of chart.values) {
        const keys = path.split(".");
        const last = keys.pop()!;
        keys.reduce((at, key) => (at[key] ??= {}), content.values)[last] = was;
      }
      edit(content);
      const scratch = join(folder, chart.name);
      mkdirSync(scratch);
      writeFileSync(join(scratch, "Chart.yaml"), JSON.stringify({ name: content.name, version: content.version }));
      writeFileSync(join(scratch, "values.yaml"), JSON.stringify(content.values));
      await create({ file: join(folder, chart.archive), gzip: true, cwd: folder }, [chart.name]);
      rmSync(scratch, { recursive: true });
      const { version, images, archive } = chart;
      charts.push({ name: chart.name, version, sha256: sha256(readFileSync(join(folder, archive))), images });
    }
    writeFileSync(join(folder, "charts.lock.json"), JSON.stringify({ charts }));
    return { folder, charts };
  }
  const verify = (folder: string, ...more: string[]) =>
    millrace(["verify", folder, "--lock", join(folder, "charts.lock.json"), ...more], {});

  it("refuses a list that is not there: a folder must not vouch for itself because of a misspelling", async () => {
    const { folder } = await filled("alone");
    const { code, err } = await millrace(["verify", folder, "--lock", join(place, "misspelt.json")], {});
    expect(code).toBe(2);
    expect(err).toContain("must be a list that `millrace charts fetch` wrote, got");
  });

  it("finds nothing in a folder as it should be, without a network", async () => {
    const { folder } = await filled("right");
    const { code, out } = await verify(folder);
    expect({ code, last: out.trim().split("\n").at(-1) }).toEqual({ code: 0, last: `15 charts in ${folder} are as pinned` });
  });

  it("names an archive that is missing, changed, another chart, or has its images elsewhere", async () => {
    const { folder, charts } = await filled("wrong", (chart) => {
      if (chart.name === "kueue") {
        chart.values.controllerManager.manager.image.repository = "registry.example.com/kueue";
      }
      if (chart.name === "istiod") {
        chart.version = "1.30.0";
      }
    });
    rmSync(join(folder, PINNED[0]!.archive));
    charts.find(({ name }) => name === "cert-manager")!.sha256 = "0".repeat(64);
    charts.find(({ name }) => name === "argo-rollouts")!.images = [];
    writeFileSync(join(folder, "charts.lock.json"), JSON.stringify({ charts }));
    const { code, out } = await verify(folder, "--json");
    expect(code).toBe(1);
    const wrong = JSON.parse(out).charts.filter(({ problems }: any) => problems.length > 0);
    expect(Object.fromEntries(wrong.map(({ name, problems }: any) => [name, problems]))).toEqual({
      karpenter: [`${PINNED[0]!.archive} must be the chart karpenter 1.14.1 in ${folder}, got nothing`],
      istiod: ["istiod-1.31.1.tgz must be the chart istiod 1.31.1, got istiod 1.30.0"],
      "cert-manager": [expect.stringMatching(/must have the digest 0{64}, got [0-9a-f]{64}$/)],
    });
    const noted = JSON.parse(out).charts.filter(({ notes }: any) => notes.length > 0);
    expect(Object.fromEntries(noted.map(({ name, notes }: any) => [name, notes]))).toEqual({
      kueue: [
        expect.stringMatching(
          /image\.repository must be 'registry\.k8s\.io\/kueue\/kueue', .*, got 'registry\.example\.com\/kueue'$/,
        ),
      ],
      "argo-rollouts": [
        expect.stringMatching(/the images of argo-rollouts must be quay\.io\/argoproj\/argo-rollouts, got none$/),
      ],
    });
    expect((await verify(folder)).out).toContain("3 of 15 charts in ");
  });

  it("notes what `charts fetch` notes, in the same words, and neither fails for it", async () => {
    const [to, lock] = [join(place, "noted"), join(place, "noted.json")];
    const notesOf = (text: string) => text.split("\n").filter((line) => line.startsWith("! "));
    const fetched = await millrace(["fetch", "--to", to, "--lock", lock]);
    const verified = await millrace(["verify", to, "--lock", lock], {});
    expect([fetched.code, verified.code]).toEqual([0, 0]);
    expect(notesOf(fetched.err).length).toBeGreaterThan(10);
    expect(notesOf(verified.out)).toEqual(notesOf(fetched.err));
    expect(verified.out).toContain(`15 charts in ${to} are as pinned; ${notesOf(verified.out).length} notes`);
    writeFileSync(lock, JSON.stringify({ charts: [] }));
    rmSync(join(to, "charts.lock.json"));
    const unlisted = await millrace(["verify", to, "--lock", lock], {});
    expect(unlisted.code).toBe(0);
    expect(unlisted.out).toMatch(/^! kueue-0\.18\.3\.tgz: no charts\.lock\.json knows it/m);
  });

  it("names archives that are cut off, empty, or have more than one folder", async () => {
    const { folder } = await filled("damaged");
    const [cut, empty, two] = [PINNED[0]!, PINNED[1]!, PINNED[2]!];
    const whole = readFileSync(join(folder, cut.archive));
    writeFileSync(join(folder, cut.archive), whole.subarray(0, whole.length - 40));
    writeFileSync(join(folder, empty.archive), "");
    mkdirSync(join(folder, two.name));
    mkdirSync(join(folder, "other"));
    writeFileSync(join(folder, two.name, "Chart.yaml"), `name: ${two.name}\nversion: ${two.version}\n`);
    writeFileSync(join(folder, "other", "Chart.yaml"), "");
    await create({ file: join(folder, two.archive), gzip: true, cwd: folder }, [two.name, "other"]);
    const { code, out } = await verify(folder, "--json");
    expect(code).toBe(1);
    const said = Object.fromEntries(JSON.parse(out).charts.map(({ name, problems }: any) => [name, problems.at(-1)]));
    expect(said[cut.name]).toMatch(
      /^karpenter-1\.14\.1\.tgz must be the chart karpenter 1\.14\.1, got an archive that is cut off or damaged \(/,
    );
    expect(said[empty.name]).toMatch(/got an empty file$/);
    expect(said[two.name]).toMatch(/got an archive with 2 folders or files at its top \(kueue, other\)$/);
  });

  it("names files that cannot be read, one sentence each, and still finds what is wrong with the others", async () => {
    const { folder } = await filled("unreadable");
    const [large, loop, under, other] = [PINNED[0]!, PINNED[1]!, PINNED[2]!, PINNED[3]!];
    truncateSync(join(folder, large.archive), 3 * 2 ** 30);
    rmSync(join(folder, loop.archive));
    symlinkSync(loop.archive, join(folder, loop.archive));
    rmSync(join(folder, under.archive));
    mkdirSync(join(folder, under.archive));
    writeFileSync(join(folder, other.archive), "");
    const { code, out, err } = await verify(folder, "--json");
    expect({ code, err }).toEqual({ code: 1, err: "" });
    const wrong = JSON.parse(out).charts.flatMap(({ problems }: any) => problems.at(-1) ?? []);
    expect(wrong).toEqual(
      [
        [large, "a file of 3072 MiB, where Helm takes at most 100"],
        [loop, "a link that leads to itself"],
        [under, "a folder"],
      ]
        .map(
          ([{ archive, name, version }, got]: any) => `${archive} must be the chart ${name} ${version} in ${folder}, got ${got}`,
        )
        .concat(`${other.archive} must be the chart ${other.name} ${other.version}, got an empty file`),
    );
  });

  it("holds the committed list above that of the folder", async () => {
    const { folder, charts } = await filled("relisted");
    const lock = join(place, "committed.json");
    writeFileSync(lock, JSON.stringify({ charts: charts.map((each) => ({ ...each, sha256: "1".repeat(64) })) }));
    const { code, out } = await millrace(["verify", folder, "--lock", lock], {});
    expect(code).toBe(1);
    expect(out).toMatch(/kueue-0\.18\.3\.tgz must have the digest 1{64}, got/);
  });
});

it("millrace rehearse names a damaged archive in the cache before it builds a tool", async () => {
  const cache = join(place, "cache");
  const file = join(cache, "charts", PINNED[2]!.archive);
  mkdirSync(join(cache, "charts"), { recursive: true });
  writeFileSync(file, "<html>");
  const { code, err } = await millrace(["rehearse", "dev"], { MILLRACE_CACHE: cache, MILLRACE_HOME: place }, []);
  expect({ code, err: err.trim() }).toEqual({
    code: 2,
    err: `${file} must be the chart kueue 0.18.3, got no chart. Fetch them again: npx millrace charts fetch --to ${join(cache, "charts")}`,
  });
  expect(readdirSync(cache)).toEqual(["charts"]);
});

it.each<[string[], string]>([
  [["fetch"], "'--to' or '--env' must be given, got neither"],
  [["fetch", "--to", "a", "--env", "dev"], "'--to' must be given without '--env', got both"],
  [
    ["fetch", "--to", "http://registry.example.com/a"],
    "'--to' must begin with oci:// for a registry, or name a folder without a scheme (write 'oci://registry.example.com/a'), got 'http://registry.example.com/a'",
  ],
  [
    ["fetch", "--to", "package.json/charts"],
    "'--to' must be a writable folder, got 'package.json/charts': set it to another one",
  ],
  [
    ["fetch", "--env", "dev"],
    "stacks/config/Pulumi.platform-dev.yaml: millrace:charts must be set for '--env dev', got nothing: name the place with --to",
  ],
  [["fetch", "--env", "prdo"], "the environment must be one of dev, staging, prod, got 'prdo'. Did you mean 'prod'?"],
  [["verify", "no/where"], "'[folder]' must be a folder that `millrace charts fetch` has filled, got 'no/where'"],
  [
    ["verify", "stacks", "--lock", "package.json"],
    "package.json must be a list that `millrace charts fetch` wrote, got something else: restore it (git checkout)",
  ],
])("millrace charts %j is answered with one sentence", async (args, sentence) => {
  const { code, err } = await millrace(args, {});
  expect({ code, err: err.trim() }).toEqual({ code: 2, err: sentence });
});
