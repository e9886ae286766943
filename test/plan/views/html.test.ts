import { describe, expect, it } from "vitest";
import { costOf } from "#plan/cost";
import type { Difference } from "#plan/difference";
import { planPage, readable } from "#plan/views/html";
import { sample } from "../sample.ts";

const page = (difference?: Difference): string => planPage(sample(), costOf(sample()), difference);
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hunter2" };

describe("planPage", () => {
  it("has a box, a link and a panel for each component", () => {
    const text = page();
    for (const id of [
      "foundation/data-key",
      "foundation/data",
      "foundation/network",
      "foundation/budget",
      "platform/cluster",
      "platform/monitoring",
      "workloads/fraud",
    ]) {
      expect(text).toContain(`<a href="#${id}" data-id="${id}"`);
      expect(text).toContain(`<aside class="panel" id="${id}"`);
    }
    expect(text.match(/<aside /g)).toHaveLength(7);
  });

  it("draws the arrows between components", () => {
    const arrows = [...page().matchAll(/data-from="([^"]+)" data-to="([^"]+)"/g)].map(([, from, to]) => `${from} → ${to}`);
    expect(arrows).toEqual([
      "foundation/data-key → foundation/data",
      "foundation/data → foundation/network",
      "platform/cluster → platform/monitoring",
    ]);
  });

  it("shows no secret, and says where one is", () => {
    expect(page()).not.toContain("hunter2");
    expect(page()).toContain('url: "[secret]"'.replaceAll('"', "&quot;"));
  });

  it("fetches nothing", () => {
    expect(page()).not.toMatch(/<link|<img|<iframe|<script[^>]+src|\ssrc=|@import|url\(["']?(?!#)|fetch\(|href="(?!#)/);
  });

  it("lets every table and the drawing scroll by themselves, so that a phone shows the rest whole", () => {
    const text = page({ against: "x", cost: { from: 1, to: 1 }, profile: [{ path: "a", from: 1, to: 2 }], resources: [] });
    expect(text.match(/<(table|svg class="plan")/g)!.length).toBeGreaterThan(2);
    expect(text.replaceAll(/<div class="scroll"><(table|svg class="plan")/g, "")).not.toMatch(/<table|<svg class="plan"/);
  });

  it("escapes what comes from outside", () => {
    expect(page()).not.toContain("<b>&");
    expect(page()).toContain("name: &lt;b&gt;&amp;");
  });

  it("opens JSON that travels as text", () => {
    expect(page()).toContain("policy:\n  Version: 2012-10-17");
  });

  it("lists cost by component, dearest first", () => {
    const rows = [...page().matchAll(/<td><a href="#([^"]+)">[^<]+<\/a><\/td><td class="number">([^<]+)<\/td>/g)].map(
      ([, id, sum]) => [id, sum],
    );
    expect(rows).toEqual([
      ["platform/cluster", "$73"],
      ["foundation/network", "$33"],
      ["foundation/data-key", "$1"],
    ]);
  });

  it("shows the differences when there are some to show", () => {
    expect(page()).not.toContain("<h2>Against");
    expect(page({ against: "staging", cost: { from: 100, to: 100 }, profile: [], resources: [] })).toContain(
      "<h2>Against staging</h2>\n<p>No difference.</p>",
    );
    const text = page({
      against: "staging",
      cost: { from: 100, to: 100 },
      profile: [{ path: "network.natGateways", from: 1, to: 3 }],
      resources: [
        {
          layer: "foundation",
          resource: "network/network-nat-b",
          type: "aws:ec2/natGateway:NatGateway",
          kind: "added",
          values: [],
        },
        {
          layer: "platform",
          resource: "x",
          type: "kubernetes:core/v1:Secret",
          kind: "changed",
          values: [{ path: "url", from: SECRET, to: undefined }],
        },
      ],
    });
    expect(text).toContain("<td><code>network.natGateways</code></td><td><code>1</code></td><td><code>3</code></td>");
    expect(text).toContain('<b class="added">+</b> <span class="soft">foundation/</span>network/network-nat-b');
    expect(text).toContain("<td><code>url</code></td><td><code>[secret]</code></td><td><code>none</code></td>");
    expect(text).not.toContain("hunter2");
  });
});

describe("readable", () => {
  it.each([
    [{ a: [SECRET, { b: SECRET }] }, { a: ["[secret]", { b: "[secret]" }] }],
    ["{not json", "{not json"],
    ['[{"a":"{\\"b\\":1}"}]', [{ a: { b: 1 } }]],
    ["plain", "plain"],
    [null, null],
  ])("%j", (input, expected) => {
    expect(readable(input)).toEqual(expected);
  });
});
