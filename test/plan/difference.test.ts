import { describe, expect, it } from "vitest";
import { changes, comparable, differenceOf } from "#plan/difference";
import type { EnvironmentPlan } from "#plan/environment";
import { inside, layer, planOf } from "./sample.ts";

const store = "millrace:storage:ObjectStore data";
const bucket = (environment: EnvironmentPlan["environment"], name: string, inputs: Record<string, unknown> = {}) =>
  comparable(
    planOf([layer("foundation", [inside(store, "aws:s3/bucket:Bucket", name, inputs)])], { environment }),
    { name: environment },
    { atRest: 0 },
  );

describe("differenceOf", () => {
  it("sees none where only names, accounts and made-up ids differ", () => {
    const dev = bucket("dev", "data", {
      bucket: "millrace-dev-data",
      role: "arn:aws:iam::111111111111:role/millrace-dev-ci",
      vpc: "vpc-0123456789abcdef0",
      tags: { environment: "dev" },
    });
    const prod = bucket("prod", "data", {
      bucket: "millrace-prod-data",
      role: "arn:aws:iam::222222222222:role/millrace-prod-ci",
      vpc: "vpc-fedcba98765432100",
      tags: { environment: "prod" },
    });
    expect(differenceOf(prod, dev, "dev")).toEqual({ against: "dev", cost: { from: 0, to: 0 }, profile: [], resources: [] });
  });

  it("sees no difference where AWS calls something of its own by the name of an environment", () => {
    const [one, other] = (["staging", "prod"] as const).map((name) =>
      bucket(name, "data", { layers: "prod-eu-north-1-starport" }),
    );
    expect(differenceOf(other!, one!, "staging").resources).toEqual([]);
  });

  it("keeps words that merely contain an environment's name", () => {
    const [now, then] = [bucket("dev", "data", { device: "/dev1" }), bucket("prod", "data", { device: "/prod1" })];
    expect(differenceOf(now, then, "prod").resources).toHaveLength(1);
  });

  it("tells what is more, what is less and what is other", () => {
    const before = comparable(
      planOf([
        layer("foundation", [
          inside(store, "aws:s3/bucket:Bucket", "data", { versions: false, tags: { a: "1" } }),
          inside(store, "aws:s3/bucketPolicy:BucketPolicy", "data-policy"),
        ]),
      ]),
      { name: "dev", network: { zones: 2, natGateways: 1 } },
      { atRest: 100 },
    );
    const after = comparable(
      planOf([
        layer("foundation", [
          inside(store, "aws:s3/bucket:Bucket", "data", { versions: true, tags: { a: "1", b: "2" } }),
          inside(store, "aws:s3/bucketVersioning:BucketVersioning", "data-versions"),
        ]),
      ]),
      { name: "dev", network: { zones: 2, natGateways: 3 } },
      { atRest: 165.7 },
    );
    expect(differenceOf(after, before, "main")).toEqual({
      against: "main",
      cost: { from: 100, to: 165.7 },
      profile: [{ path: "network.natGateways", from: 1, to: 3 }],
      resources: [
        {
          layer: "foundation",
          resource: "data/data",
          type: "aws:s3/bucket:Bucket",
          kind: "changed",
          values: [
            { path: "versions", from: false, to: true },
            { path: "tags.b", from: undefined, to: "2" },
          ],
        },
        {
          layer: "foundation",
          resource: "data/data-versions",
          type: "aws:s3/bucketVersioning:BucketVersioning",
          kind: "added",
          values: [],
        },
        {
          layer: "foundation",
          resource: "data/data-policy",
          type: "aws:s3/bucketPolicy:BucketPolicy",
          kind: "removed",
          values: [],
        },
      ],
    });
  });

  it("knows one child name under two components apart", () => {
    const [one, other] = ["millrace:storage:ObjectStore a", "millrace:storage:ObjectStore b"].map((parent) =>
      comparable(planOf([layer("foundation", [inside(parent, "aws:s3/bucket:Bucket", "same")])]), {}, { atRest: 0 }),
    );
    expect(differenceOf(one!, other!, "x").resources.map(({ kind, resource }) => [kind, resource])).toEqual([
      ["added", "a/same"],
      ["removed", "b/same"],
    ]);
  });
});

describe("changes", () => {
  it("goes down objects and lists, to the value that differs", () => {
    expect(changes({ a: { b: [1, 2], c: 1 } }, { a: { b: [1, 3], c: 1 } })).toEqual([{ path: "a.b[1]", from: 2, to: 3 }]);
  });

  it("says which values of a list came, went and moved", () => {
    expect(changes({ a: ["x", "y", "z"] }, { a: ["x", "z", "w"] })).toEqual([
      { path: "a[1]", from: "y", to: undefined },
      { path: "a[2]", from: undefined, to: "w" },
    ]);
    expect(changes({ a: ["x", "y", "z"] }, { a: ["z", "x", "y"] })).toEqual([{ path: "a[0]", from: 2, to: 0, moved: true }]);
  });

  it("says which line of a text differs", () => {
    const text = (third: string) => `one\ntwo\n${third}\nfour\n`;
    expect(changes({ script: text("a") }, { script: text("b") })).toEqual([{ path: "script[2]", from: "a", to: "b" }]);
  });

  it("goes into entries without a name by their place, whatever came before them", () => {
    const [first, second] = [
      { days: [1], tier: "A" },
      { days: [2], tier: "B" },
    ];
    expect(changes({ list: [first, second] }, { list: [{ days: [0], tier: "Z" }, first, { ...second, tier: "C" }] })).toEqual([
      { path: "list[0]", from: undefined, to: { days: [0], tier: "Z" } },
      { path: "list[2].tier", from: "B", to: "C" },
    ]);
  });

  it("tells of recording rules and alerts in one list, and of routes, ports and objects by their names", () => {
    const rule = (expr: string) => [
      { alert: "Slow", expr: "1" },
      { record: "rate", expr },
    ];
    expect(changes(rule("2"), rule("3"))).toEqual([{ path: "[rate].expr", from: "2", to: "3" }]);
    const objects = (a: number) => [{ metadata: { name: "a" }, a }, { metadata: { name: "b" } }];
    expect(changes(objects(1), objects(2))).toEqual([{ path: "[a].a", from: 1, to: 2 }]);
    expect(changes([{ port: 80, to: 1 }], [{ port: 80, to: 2 }])).toEqual([{ path: "[80].to", from: 1, to: 2 }]);
  });

  it("says that a secret differs, and never what it is", () => {
    const secret = (value: string) => ({
      url: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value },
    });
    expect(changes(secret("hunter2"), secret("hunter3"))).toEqual([{ path: "url", from: "[secret]", to: "[another secret]" }]);
    expect(changes({}, { a: [secret("hunter2")] })).toEqual([{ path: "a", from: undefined, to: [{ url: "[secret]" }] }]);
  });

  it("opens documents inside texts, and lists of as many objects", () => {
    const policy = (action: string) => JSON.stringify({ Statement: [{ Sid: "A", Action: action }] });
    expect(changes({ policy: policy("s3:GetObject") }, { policy: policy("s3:PutObject") })).toEqual([
      { path: "policy.Statement[A].Action", from: "s3:GetObject", to: "s3:PutObject" },
    ]);
  });

  it("holds entries of a list against those of the same name, wherever they stand", () => {
    const [one, two] = [
      { name: "one", port: 1 },
      { name: "two", port: 2 },
    ];
    expect(changes({ list: [one, two] }, { list: [two, { name: "three" }, { ...one, port: 3 }] })).toEqual([
      { path: "list[one].port", from: 1, to: 3 },
      { path: "list[three]", from: undefined, to: { name: "three" } },
      { path: "list[one]", from: 0, to: 2, moved: true },
    ]);
    expect(changes({ list: [one, one] }, { list: [one, two] }).map(({ path }) => path)).toEqual(["list[1].name", "list[1].port"]);
  });

  it("sees an object that becomes a value", () => {
    expect(changes({ a: { b: 1 } }, { a: 1 })).toEqual([{ path: "a", from: { b: 1 }, to: 1 }]);
  });
});
