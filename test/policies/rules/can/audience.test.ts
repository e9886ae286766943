import { expect, it } from "vitest";
import { type Audience, LOTS } from "#components/serving/audience";
import { servingNames } from "#components/serving/names";
import { rootSpec, splitSpec } from "#components/serving/routing";
import { stickySpec, userHash } from "#components/serving/sticky";
import { abTest } from "#components/serving/strategies/ab-test";
import { found } from "../../harness.ts";
import { made, template } from "./samples.ts";

/** A test of an audience. */
interface Tested {
  root: any;
  verdict: any;
  watch: any;
  rollout: any;
  filter: any;
}

/** One as the component makes it, with some of it changed. */
function tested(change: (tested: Tested) => void = () => {}, audience: Audience = { header: "x-region", values: ["de", "at"] }) {
  const names = servingNames("m", "models");
  const strategy = { kind: "abTest", outcomes: { attempts: "attempt", successes: "success" }, audience } as const;
  const plan = abTest.plan(strategy, { names, version: "4", prometheusUrl: "http://p", loadSeconds: 300 });
  const { canary } = structuredClone(plan.rollout) as { canary: any };
  const templates = structuredClone(plan.analysisTemplates) as Record<string, any>;
  const gateway = { namespace: "istio-ingress", name: "ingress", selector: { istio: "ingress" } };
  const root = rootSpec(
    { host: "m.models.internal", path: "/score", methods: [], timeoutSeconds: 10, gateway, ...(plan.audience && { audience }) },
    names,
  );
  const filter: any = structuredClone(
    stickySpec(gateway.selector, [
      [`${names.audienceRoute}-primary`, userHash({ header: "x-user-id" })],
      [`${names.rootRoute}-primary`, LOTS],
    ]),
  );
  const parts = {
    filter,
    root: structuredClone(root),
    verdict: templates["m-verdict"],
    watch: templates["m-watch"],
    rollout: canary,
  };
  change(parts);
  return [
    made("argoproj.io/v1alpha1:Rollout", "release", {
      strategy: { canary },
      selector: { matchLabels: { app: "m" } },
      template: { metadata: { labels: { app: "m", version: "v4" } } },
    }),
    ...["m-stable", "m-canary"].map((name) => made("core/v1:Service", name, { selector: { app: "m" }, ports: [{ port: 80 }] })),
    made(
      "networking.istio.io/v1:VirtualService",
      "m-split",
      splitSpec(names, { protocol: "http", virtualService: "m-split", route: "primary" }),
    ),
    made("networking.istio.io/v1:VirtualService", "m", parts.root),
    made("networking.istio.io/v1alpha3:EnvoyFilter", "m-sticky", filter),
    ...Object.entries(templates).map(([name, spec]) => template(name, spec)),
  ];
}

const RULES = ["CAN-01", "CAN-02", "CAN-03", "CAN-04", "CAN-05", "CAN-08", "CAN-09", "CAN-10", "CAN-12", "MESH-04"];

it.each(RULES)("%s lets an audience decide between two versions", (id) => {
  expect(found(id, tested())).toEqual([]);
  expect(found(id, tested(undefined, { device: "mobile" }))).toEqual([]);
  expect(found(id, tested(undefined, { device: "desktop" }))).toEqual([]);
});

const widened = (metric: any): void => {
  const { prometheus } = metric.provider;
  prometheus.query = prometheus.query.replaceAll(',audience="true"', "");
};
const HEADERS = (entry: number, match = 0): string => `spec.http[${entry}].match[${match}].headers: `;

it.each<[string, string, (tested: Tested) => void, string[]]>([
  [
    "CAN-09",
    "an audience without a route of everybody else: their requests have no version",
    ({ root }) => root.http.pop(),
    [HEADERS(0), HEADERS(0, 1), HEADERS(0, 2), HEADERS(0, 3)],
  ],
  [
    "CAN-09",
    "a route of everybody before that of an audience, which nobody reaches then",
    ({ root }) => root.http.reverse(),
    [HEADERS(1), HEADERS(1, 1), HEADERS(1, 2), HEADERS(1, 3)],
  ],
  [
    "CAN-09",
    "an audience of a path that everybody else does not have",
    ({ root }) => root.http[1].match.pop(),
    [HEADERS(0), HEADERS(0, 1), HEADERS(0, 2), HEADERS(0, 3)],
  ],
  [
    "CAN-09",
    "everybody else on a route of another release",
    ({ root }) => {
      root.http[1].delegate = { name: "other-split", namespace: "models" };
    },
    [HEADERS(0), HEADERS(0, 1), HEADERS(0, 2), HEADERS(0, 3)],
  ],
  [
    "CAN-09",
    "an audience by what stands in the address",
    ({ root }) => {
      root.http[0].match = [{ ...root.http[1].match[0], queryParams: { region: { exact: "de" } } }];
    },
    ["spec.http[0].match[0].queryParams: "],
  ],
  [
    "CAN-09",
    "everybody else to the old version, past the weights",
    ({ root }) => {
      delete root.http[1].delegate;
      root.http[1].route = [{ destination: { host: "m-stable" } }];
    },
    ["spec.http[1].route[0].destination.host: m-stable", HEADERS(0)],
  ],
  [
    "CAN-09",
    "everybody else who is split as the audience is: no filter tells them apart",
    ({ filter }) => filter.configPatches.pop(),
    ["spec.http[1].name: models-m"],
  ],
  [
    "CAN-09",
    "everybody else who is split by the same users",
    ({ filter: { configPatches } }) => {
      configPatches[1].patch.value.route.hash_policy = configPatches[0].patch.value.route.hash_policy;
    },
    ["spec.http[1].name: models-m"],
  ],
  [
    "CAN-09",
    "an audience whose users get a version by chance",
    ({ filter }) => filter.configPatches.shift(),
    ["spec.http[1].name: models-m"],
  ],
  [
    "CAN-08",
    "a verdict that counts those who do not take part",
    ({ verdict }) => widened(verdict.metrics[0]),
    ["spec.metrics[0].provider.prometheus.query: events of everybody"],
  ],
  [
    "CAN-08",
    "a watch that counts them",
    ({ watch }) => widened(watch.metrics.at(-1)),
    ["spec.metrics[2].provider.prometheus.query: events of everybody"],
  ],
  [
    "CAN-08",
    "a verdict in which one side of the difference counts them",
    ({ verdict }) => {
      const { prometheus } = verdict.metrics[0].provider;
      prometheus.query = prometheus.query.replaceAll(/(model_version!="4",event="\w+"),audience="true"/g, "$1");
    },
    ["spec.metrics[0].provider.prometheus.query: events of everybody"],
  ],
  [
    "CAN-08",
    "a verdict about those outside the audience",
    ({ verdict }) => {
      const { prometheus } = verdict.metrics[0].provider;
      prometheus.query = prometheus.query.replaceAll('audience="true"', 'audience!="true"');
    },
    ["spec.metrics[0].provider.prometheus.query: events of everybody"],
  ],
])("%s stops %s", (id, _, change, says) => {
  const faults = found(id, tested(change));
  for (const each of says) {
    expect(faults.some((fault) => fault.startsWith(each))).toBe(true);
  }
});

it("asks for no audience where the routes tell none", () => {
  const stack = tested(({ root, verdict, watch }) => {
    root.http.shift();
    widened(verdict.metrics[0]);
    widened(watch.metrics.at(-1));
  });
  expect(found("CAN-08", stack)).toEqual([]);
});
