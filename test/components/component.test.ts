import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { chartName, releaseOf } from "#components/chart";
import { Component, type ComponentOptions } from "#components/component";
import { fields, listOf, text } from "#components/shape";
import { CHARTS } from "#components/versions";
import { type Recorded, record, refusal } from "../harness/graph.ts";

/** Shared by every `Store`, as components share their constants. */
const RULES = [{ id: "all", status: "Enabled" }];

class Keys extends Component {
  constructor(name: string, opts: ComponentOptions) {
    super("storage:Keys", name, {}, opts);
    new aws.kms.Key(name, { description: "Keys" }, { parent: this });
    this.registerOutputs({});
  }
}

class Store extends Component {
  constructor(name: string, opts?: ComponentOptions) {
    super("storage:Store", name, { purpose: "test" }, opts);
    const { id: bucket } = new aws.s3.Bucket(name, { bucketPrefix: "a", tags: { kept: "yes" } }, { parent: this });
    new aws.s3.BucketLifecycleConfiguration(`${name}-lifecycle`, { bucket, rules: RULES }, { parent: this });
    new k8s.core.v1.ConfigMap(`${name}-map`, { metadata: { name: "map", labels: { app: "a" } } }, { parent: this });
    new Keys(`${name}-keys`, { parent: this });
    this.registerOutputs({});
  }
}

const store = async (opts?: ComponentOptions, name = "data"): Promise<Record<string, Recorded>> =>
  Object.fromEntries(
    (await record(() => void new Store(name, opts))).filter(({ custom }) => custom).map((each) => [each.name, each]),
  );

describe("transform", () => {
  it("merges fields into the arguments of a resource, by its role or its whole name", async () => {
    const graph = await store({
      transform: { map: { metadata: { labels: { team: "risk" } } }, data: { forceDestroy: true } },
    });
    expect(graph["data-map"]?.inputs["metadata"]).toEqual({ name: "map", labels: { app: "a", team: "risk" } });
    expect(graph["data"]?.inputs).toMatchObject({ bucketPrefix: "a", tags: { kept: "yes" }, forceDestroy: true });
  });

  it("prefers the whole name to the role", async () => {
    const graph = await store({ transform: { map: { data: { from: "role" } }, "data-map": { data: { from: "name" } } } });
    expect(graph["data-map"]?.inputs["data"]).toEqual({ from: "name" });
  });

  it("lets a function edit arguments and options in place, and changes no constant of the component", async () => {
    const graph = await store({
      transform: {
        lifecycle: (args: aws.s3.BucketLifecycleConfigurationArgs, opts) => {
          (args.rules as { status: string }[])[0]!.status = "Disabled";
          opts.protect = true;
        },
      },
    });
    expect(graph["data-lifecycle"]).toMatchObject({ inputs: { rules: [{ id: "all", status: "Disabled" }] }, protect: true });
    expect(graph["data-lifecycle"]?.dependencies).toEqual(["data"]);
    expect(RULES).toEqual([{ id: "all", status: "Enabled" }]);
    expect(graph["data-map"]?.protect).toBe(false);
  });

  it("takes the arguments and options that a function returns", async () => {
    const graph = await store({
      transform: { lifecycle: (args, opts) => ({ args: { ...args, rules: [] }, opts: { ...opts, ignoreChanges: ["rules"] } }) },
    });
    expect(graph["data-lifecycle"]).toMatchObject({ inputs: { rules: [] }, ignoreChanges: ["rules"] });
  });

  it("reaches the resources of a component inside, whose own arguments have been used by then", async () => {
    const graph = await store({ transform: { keys: { description: "Changed" } } });
    expect(graph["data-keys"]?.inputs["description"]).toBe("Changed");
  });

  it("cannot take the deletion order away", async () => {
    const graph = await record(() => {
      const before = new aws.kms.Key("before", {});
      const alone = (_: pulumi.Inputs, opts: pulumi.CustomResourceOptions): void => {
        delete opts.dependsOn;
      };
      new Store("data", { dependsOn: before, transform: { map: alone } });
    });
    expect(graph.find(({ name }) => name === "data-map")?.dependencies).toEqual(["before"]);
  });

  it("refuses a name that no resource has, and lists those that exist", async () => {
    expect(await refusal(() => new Store("data", { transform: { bucket: {} } }))).toBe(
      "'transform' must be a resource of 'data' (data, keys, lifecycle, map), got 'bucket'",
    );
  });
});

describe("transform refuses", () => {
  const never = async () => ({});
  it.each<[what: string, change: unknown, sentence: string]>([
    ["null", null, "must be an object or a function, got null"],
    ["a list", [1], "must be an object or a function, got Array"],
    ["a text", "x", "must be an object or a function, got String"],
    ["a number", 1, "must be an object or a function, got Number"],
    ["a map", new Map(), "must be an object or a function, got Map"],
    ["an asynchronous function", never, "must return nothing, or { args, opts }, got Promise"],
    ["arguments returned bare", () => ({ data: {} }), "must return nothing, or { args, opts }, got 'data'"],
    ["a text returned", () => "x", "must return nothing, or { args, opts }, got String"],
    [
      "a function that throws",
      () => {
        throw new Error("no such label");
      },
      "must not throw, got 'no such label'",
    ],
    ["another parent", () => ({ opts: { parent: undefined } }), "must leave the parent as it is, got another parent"],
  ])("%s", async (_, change, sentence) => {
    expect(await refusal(() => new Store("data", { transform: { map: change } as never }))).toBe(
      `'transform.map' of 'data' ${sentence}`,
    );
  });

  it("nothing where nothing is given", async () => {
    const plain = await store({});
    expect(await store({ transform: undefined as never })).toEqual(plain);
    expect(await store({ transform: { map: undefined } as never })).toEqual(plain);
    expect(await store({ transform: { map: () => ({ opts: {} }) } })).toEqual(plain);
  });
});

describe("a component refuses, by its own type and name", () => {
  class Strict extends Component {
    static override readonly shape = fields<{ pools: readonly { name: string }[] }>({ pools: listOf(fields({ name: text })) });

    constructor(name: string, args: object, opts?: ComponentOptions) {
      super("storage:Strict", name, args, opts);
      this.registerOutputs({});
    }
  }

  it.each<[args: unknown, sentence: string]>([
    [undefined, "'args' must be an object with pools, got 'undefined'"],
    [{}, "'pools' must be a list, got 'undefined'"],
    [new Map([["pools", []]]), "'args' must be an object with pools, got an object"],
    [{ pools: {} }, "'pools' must be a list, got an object"],
    [{ pools: [{ name: "a" }, null] }, "'pools[1]' must be an object with name, got 'null'"],
    [{ pools: [{ name: () => "a" }] }, "'pools[0].name' must be a non-empty string, got a function"],
    [{ pools: [{ name: pulumi.output("a") }] }, "'pools[0].name' must be a non-empty string, got an output"],
    [{ pools: [{ name: [] }] }, "'pools[0].name' must be a non-empty string, got an empty list"],
  ])("the arguments of case %#", async (args, sentence) => {
    expect(await refusal(() => new Strict("strict", args as object))).toBe(sentence);
  });

  it.each<[name: unknown, opts: unknown, sentence: string]>([
    [{}, {}, "'name' must be a non-empty string, got an object"],
    ["", {}, "'name' must be a non-empty string, got ''"],
    ["strict", null, "'opts' must be an object, got 'null'"],
    ["strict", [], "'opts' must be an object, got an empty list"],
  ])("the name %j with the options %j", async (name, opts, sentence) => {
    expect(await refusal(() => new Strict(name as string, { pools: [] }, opts as object))).toBe(
      `a component of type millrace:storage:Strict: ${sentence}`,
    );
  });
});

// The engine derives the aliases of what is inside: a child's name begins with its component's (step_generator.go, inheritedChildAlias).
it("passes aliases on to the engine", async () => {
  const graph = await record(() => void new Store("inputs", { aliases: [{ name: "data" }] }));
  expect(graph.find(({ type }) => type === "millrace:storage:Store")?.aliases).toEqual([
    expect.objectContaining({ name: "data" }),
  ]);
});

describe("mirror", () => {
  class Charts extends Component {
    constructor(name: string, opts?: ComponentOptions) {
      super("storage:Charts", name, {}, opts);
      const values = { replicas: 1 };
      const common = { name: "x", namespace: "y", values };
      for (const pin of [CHARTS.kueue, CHARTS.certManager]) {
        new k8s.helm.v3.Release(chartName(pin.chart), releaseOf(pin, common), { parent: this });
      }
      this.registerOutputs({});
    }
  }

  class Outer extends Component {
    constructor(name: string, opts?: ComponentOptions) {
      super("storage:Outer", name, {}, opts);
      new Charts("inner", { parent: this });
      this.registerOutputs({});
    }
  }

  const charts = async (opts?: ComponentOptions): Promise<unknown[]> =>
    (await record(() => void new Outer("outer", opts)))
      .filter(({ type }) => type === "kubernetes:helm.sh/v3:Release")
      .map(({ inputs: { chart, repositoryOpts, version, values } }) => [chart, repositoryOpts?.repo, version, values]);

  const [kueue, certManager] = [
    [CHARTS.kueue.version, { replicas: 1 }],
    [CHARTS.certManager.version, { replicas: 1 }],
  ];

  it("is the place of every chart inside, at any depth", async () => {
    expect(await charts({ mirror: { charts: "oci://registry.example.com/a/b" } })).toEqual([
      ["oci://registry.example.com/a/b/kueue", undefined, ...kueue!],
      ["oci://registry.example.com/a/b/cert-manager", undefined, ...certManager!],
    ]);
    expect(await charts({ mirror: { charts: "vendor/charts" } })).toEqual([
      [`./vendor/charts/kueue-${CHARTS.kueue.version}.tgz`, undefined, ...kueue!],
      [`./vendor/charts/cert-manager-${CHARTS.certManager.version}.tgz`, undefined, ...certManager!],
    ]);
  });

  it("leaves charts to their publishers where it names no place, and a changed one to the caller", async () => {
    const published = [
      [CHARTS.kueue.chart, undefined, ...kueue!],
      ["cert-manager", CHARTS.certManager.repository, ...certManager!],
    ];
    expect(await charts()).toEqual(published);
    expect(await charts({ mirror: {} })).toEqual(published);
    const [own] = (await charts({
      mirror: { charts: "charts" },
      transform: { kueue: { chart: "oci://own.example.com/kueue" } },
    })) as [string[]];
    expect(own![0]).toBe("oci://own.example.com/kueue");
  });

  it.each(["https://registry.example.com/charts", "oci://registry.example.com/", "./charts", "charts/", "a/../b", ""])(
    "refuses %j",
    async (place) => {
      expect(await refusal(() => new Charts("charts", { mirror: { charts: place } }))).toBe(
        `'mirror.charts' must be oci://<registry>/<path>, or a folder of the program by its path from the root; without a slash at the end, got '${place}'`,
      );
    },
  );
});
