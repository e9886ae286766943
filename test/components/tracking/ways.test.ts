import { describe, expect, it } from "vitest";
import { waysIn } from "#components/tracking/ways";
import { DOMAIN } from "#stacks/names";
import { pages } from "../../docs/pages.ts";
import { type Arrival, arrivalsIn } from "./arrivals.ts";
import { everything, tracking } from "./fixture.ts";

const ROUTE = `mlflow.${DOMAIN}`;

/** MLflow's own test of a header: equal, or a match where the entry contains `*` (mlflow/server/security_utils.py, 3.17). */
const matches = (value: string, entries: readonly string[]): boolean =>
  entries.some((entry) => (entry.includes("*") ? pattern(entry).test(value) : entry === value));

/** Python's fnmatch, as far as the entries use it: `*`, and `[[]` for a bracket. */
const pattern = (entry: string): RegExp =>
  new RegExp(`^${entry.replace("[[]", "\\u005b").replace(/[.\]]/g, "\\$&").replaceAll("*", ".*")}$`);

const LOCAL = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|$)/;

async function lists(): Promise<{ hosts: string[]; origins: string[] }> {
  const graph = await tracking({ ...everything, route: { ...everything.route!, host: ROUTE } });
  const args: string[] = graph.find(({ name }) => name === "tracking-server")?.inputs["spec"].template.spec.containers[0].args;
  const list = (name: string): string[] =>
    args
      .find((each) => each.startsWith(`${name}=`))!
      .split("=")[1]!
      .split(",");
  return { hosts: list("--allowed-hosts"), origins: list("--cors-allowed-origins") };
}

describe("the tracking server lets people in", () => {
  const documented = pages.flatMap(arrivalsIn);

  it("in all three ways, which the guides document", () => {
    const hosts = documented.map(({ host }) => host);
    expect(Object.keys(waysIn(ROUTE))).toEqual(["service", "port-forward", "route"]);
    expect(hosts).toEqual(expect.arrayContaining(["localhost:5000", ROUTE]));
    expect(hosts.some((host) => /^mlflow(\.mlflow|$)/.test(host) && host !== ROUTE)).toBe(true);
  });

  it.each<Arrival>([
    ...documented,
    { how: "another local port", host: "localhost:8123", origin: "http://localhost:8123" },
    { how: "the route with its port", host: `${ROUTE}:443`, origin: `https://${ROUTE}` },
  ])("$host ($how)", async ({ host, origin = "http://localhost" }) => {
    const { hosts, origins } = await lists();
    expect([host, matches(host, hosts)]).toEqual([host, true]);
    expect([origin, LOCAL.test(origin) || matches(origin, origins)]).toEqual([origin, true]);
  });

  it.each(["evil.example.com", `${ROUTE}.evil.example.com`, "localhost.evil.example.com", "10.10.0.1"])(
    "but not %s",
    async (host) => {
      const { hosts, origins } = await lists();
      expect(matches(host, hosts)).toBe(false);
      expect(matches(`https://${host}`, origins)).toBe(false);
    },
  );
});
