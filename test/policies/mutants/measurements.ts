import { kubernetes, type StackMutant } from "./mutant.ts";

/** Our own queries with another function in place of the one that counts. */
const countedBy = (name: string, query: string): string =>
  query.replaceAll(/clamp_min\(delta\((.*?\])\), 0\)/g, (_, range: string) => `${name}(${range})`);

const ROLLOUT = kubernetes("workloads", "argoproj.io/v1alpha1:Rollout", "fraud-rollout");
const GATE = kubernetes("workloads", "argoproj.io/v1alpha1:AnalysisTemplate", "fraud-gate");
const WATCH = kubernetes("workloads", "argoproj.io/v1alpha1:AnalysisTemplate", "fraud-watch");

type Metric = Record<string, any>;
const first = (edit: (metric: Metric, query: (edit: (query: string) => string) => void) => void) => (inputs: any) => {
  const [metric] = inputs.spec.metrics;
  const { prometheus } = metric.provider;
  edit(metric, (rewrite) => {
    const rewritten = rewrite(prometheus.query);
    if (rewritten === prometheus.query) {
      throw new Error(`the query must change, got ${prometheus.query}: fix the mutant`);
    }
    prometheus.query = rewritten;
  });
};
/** The share of errors of a gate. What a step passes to a gate is read at the Rollout. */
const gate = (what: string, edit: Parameters<typeof first>[0]): StackMutant => GATE.bad(what, first(edit), "fraud-rollout");
const asked = (what: string, rewrite: (query: string) => string): StackMutant => gate(what, (_, query) => query(rewrite));
const judged = (what: string, successCondition: string): StackMutant =>
  gate(what, (metric) => {
    metric["successCondition"] = successCondition;
  });
const steps = (what: string, edit: (step: any) => void): StackMutant =>
  ROLLOUT.bad(what, ({ spec }) => {
    for (const step of spec.strategy.canary.steps.slice(1)) {
      if (step.analysis?.templates[0].templateName === "fraud-gate") {
        edit(step.analysis);
      }
    }
  });
const fine = (what: string, edit: Parameters<typeof first>[0]): StackMutant => GATE.harmless(what, first(edit));

const asksAbout = (rewrite: (query: string) => string) => first((_, query) => query(rewrite));
/** Of the watch alone: a gate that finds nothing waits. */
const watched = (what: string, rewrite: (query: string) => string): StackMutant =>
  WATCH.bad(`a watch ${what}`, asksAbout(rewrite), "fraud-rollout");
/** A share that counts whatever chance explains; what chance is, is said of numbers of answers, not of rates. */
const alone = (query: string): string => query.replace(/ unless .*$/, "");
/** The same change of the gate and of the watch. */
const both = (what: string, rewrite: (query: string) => string): StackMutant[] => [
  asked(`a gate ${what}`, rewrite),
  watched(what, rewrite),
];
const bothFine = (what: string, rewrite: (query: string) => string): StackMutant[] => [
  fine(`a gate ${what}`, (_, query) => query(rewrite)),
  WATCH.harmless(`a watch ${what}`, asksAbout(rewrite)),
];
/** A limit of the share of slow answers, in the second metric. */
const slow = (rewrite: (query: string) => string) => (inputs: any) => {
  const { prometheus } = inputs.spec.metrics[1].provider;
  prometheus.query = rewrite(prometheus.query);
};
const asksAt = (address: string) => (inputs: any) => {
  for (const { provider } of inputs.spec.metrics) {
    provider.prometheus.address = address;
  }
};
const NOWHERE = "http://prometheus.nowhere.svc:9090";

const CANARY = "{{args.service}}.models-risk";

/** Measurements of a new version that measure something else, or that nothing fails. */
export const MEASUREMENTS: readonly StackMutant[] = [
  asked("a gate whose query is multiplied away", (query) => `(${query}) * 0`),
  asked("a gate whose query is cut at nothing", (query) => `clamp_max(${query}, 0)`),
  asked("a gate whose query is taken from itself", (query) => `(${query}) - (${query})`),
  asked("a gate whose query is only an alternative", (query) => `vector(0) or (${query})`),
  asked("a gate that asks whether something is absent", () => 'absent(up{job="nothing"}) - 1'),
  asked("a gate that asks for the time", () => "time() - time()"),
  asked("a gate that asks how many Prometheus there are", () => 'count(up{job="prometheus"}) * 0.001'),
  asked("a gate that measures yesterday", (query) => query.replaceAll("[120s]", "[120s] offset 1d")),
  asked("a gate that measures a month at once", (query) => query.replaceAll("[120s]", "[30d]")),
  asked("a gate that measures a second", (query) => query.replaceAll("[120s]", "[1s]")),
  asked("a gate that measures a model of another namespace", (query) =>
    query.replaceAll(CANARY, "{{args.service}}.models-other"),
  ),
  asked("a gate that counts answers before the answer", (query) =>
    query.replace('response_code_class="5xx"', 'response_code_class="1xx"'),
  ),
  asked("a gate that counts failures of the stable version among requests of the new one", (query) =>
    query.replace(CANARY, "fraud-stable.models-risk"),
  ),
  asked("a gate that counts failures of the new version among all requests", (query) =>
    query.replace(/cluster_name=~"[^"]+",response_code_class!=""/, 'response_code_class!=""'),
  ),
  asked("a gate that needs a billion requests", (query) => query.replace(">= 100", ">= 1e9")),
  asked("a gate that decides on no request", (query) => query.replace(" >= 100", "")),
  asked("a gate that measures every version of every model", (query) =>
    query.replaceAll(/cluster_name=~"[^"]+"/g, 'cluster_name=~".+"'),
  ),
  asked("a gate that measures both versions together", (query) =>
    query.replaceAll(/cluster_name=~"[^"]+"/g, 'cluster_name=~"outbound.*fraud-(canary|stable)[.]models-risk.*"'),
  ),
  judged("a gate whose conditions hold for each number", "result[0] <= 0.01 || result[0] > 0.01"),
  judged("a gate that succeeds when there is a number", "!isNaN(result[0])"),
  judged("a gate that succeeds without an answer", "len(result) == 0 || result[0] <= 0.01"),
  judged("a gate that succeeds when nothing was asked", "isNaN(result[0]) || result[0] <= 0.01"),
  judged("a gate that succeeds below a little more than everything", "result[0] < 1.01"),
  judged("a gate that succeeds with a number that is not below nothing", "!(result[0] < 0)"),
  judged("a gate that compares a number with itself", "result[0] == result[0]"),
  judged("a gate that compares constants", "1 < 2"),
  judged("a gate whose limit is a per cent of a share", "result[0] <= 5"),
  gate("a gate that is asked once a day", (metric) => {
    metric["interval"] = "24h";
  }),
  gate("a gate without a number of measurements", (metric) => {
    delete metric["count"];
  }),
  gate("a gate that passes when it could not be asked", (metric) => {
    metric["consecutiveErrorLimit"] = 1_000_000;
  }),
  gate("a gate that runs a Job which ends well", (metric) => {
    metric["provider"] = {
      job: {
        spec: {
          template: { spec: { restartPolicy: "Never", containers: [{ name: "ok", image: "busybox", command: ["true"] }] } },
        },
      },
    };
  }),
  WATCH.bad(
    "a watch of yesterday",
    first((_, query) => query((it) => it.replaceAll("[120s]", "[120s] offset 1d"))),
    "fraud-rollout",
  ),
  WATCH.bad(
    "a watch that looks each day",
    first((metric) => {
      metric["interval"] = "24h";
    }),
  ),
  WATCH.bad(
    "a watch that fails only where it succeeds",
    first((metric) => {
      metric["failureCondition"] = "result[0] > 0.01 && result[0] <= 0.01";
    }),
  ),
  steps("gates that only count the share of requests", (analysis) => {
    analysis.templates = [{ templateName: "fraud-share" }];
    analysis.args = [];
  }),
  steps("gates whose version is named twice", (analysis) => analysis.args.push({ name: "service", value: "fraud-stable" })),
  steps("gates of a template for the whole cluster", (analysis) => {
    analysis.templates = [{ templateName: "anything", clusterScope: true }];
  }),
  steps("gates without a template", (analysis) => {
    analysis.templates = [];
  }),
  steps("gates that keep no measurement and count none", (analysis) => {
    analysis.dryRun = [{ metricName: "error-share" }, { metricName: "slow-share" }];
  }),

  asked("a gate that needs a million requests by rate", (query) => countedBy("rate", query).replace(">= 100", ">= 1e6")),
  asked("a gate that needs one request", (query) => query.replace(">= 100", ">= 1")),
  fine("a query that needs fewer requests", (_, query) => query((it) => it.replaceAll(">= 100", ">= 50"))),
  fine("a query with its labels in another order", (_, query) =>
    query((it) => it.replaceAll(/\{(cluster_name=~"[^"]+"),(response_code_class="5xx")\}/g, "{$2,$1}")),
  ),
  fine("a query by rate instead of increase", (_, query) =>
    query((it) => countedBy("rate", alone(it)).replace(">= 100", ">= 0.8")),
  ),
  fine("a query over three minutes", (_, query) => query((it) => it.replaceAll("[120s]", "[3m]"))),
  fine("a query that needs more requests", (_, query) => query((it) => it.replaceAll(">= 100", ">= 500"))),
  watched("that counts only where the old version fails a twentieth of it", (query) => query.replace("<= (2 *", "<= (20 *")),
  watched("that counts only beside an old version that never fails", (query) => query.replace("<= (2 *", "<= (2 +")),
  watched("that takes a tenth of all failures for chance", (query) => query.replaceAll("4 * sqrt", "40 * sqrt")),
  watched("that counts only below its limit", (query) => query.replace(/ > (\S+) <= .*$/, " > $1)")),
  WATCH.bad(
    "a watch that never counts",
    asksAbout((query) => query.replace(/ > \S+ <= .*$/, ")")),
  ),
  ...bothFine("that does not look at the old version", (query) => alone(query)),
  ...bothFine("that the old version must fail thrice as often", (query) => query.replace("<= (2 *", "<= (3 *")),
  fine("a condition in another order", (metric) => {
    metric["successCondition"] = "len(result) > 0 && !isNaN(result[0]) && {{args.maxErrorShare}} >= result[0]";
  }),
  fine("a condition without its guards", (metric) => {
    metric["successCondition"] = "result[0] <= {{args.maxErrorShare}}";
  }),
  fine("a condition that says what must not be", (metric) => {
    metric["successCondition"] = "len(result) > 0 && !isNaN(result[0]) && !(result[0] > {{args.maxErrorShare}})";
  }),
  fine("a gate that waits before it asks", (metric) => {
    metric["initialDelay"] = "60s";
  }),
  fine("a gate that asks more often", (metric) => {
    metric["interval"] = "15s";
    metric["count"] = 20;
  }),

  ...both("whose share is less one", (query) => `(${query}) - 1`),
  ...both("whose share is a thousandth", (query) => `(${query}) / 1000`),
  ...both("of which a remainder is left", (query) => `(${query}) % 0.001`),
  ...both("whose share is to the power of nine", (query) => `(${query}) ^ 9`),
  ...both("whose share is cut off", (query) => `floor(${query})`),
  ...both("whose share lies between bounds", (query) => `clamp(${query}, 0, 0.001)`),
  ...both("whose share has a bound", (query) => `clamp_max(${query}, 0.001)`),
  ...both("whose share is rounded to the next whole", (query) => `round(${query})`),
  ...both("whose share is multiplied with itself", (query) => Array.from({ length: 5 }, () => `(${query})`).join(" * ")),
  ...both("that asks whether more than all fails", (query) => `(${query}) > 1`),
  ...both("that asks by yes and no for the impossible", (query) => `(${query}) > bool 2`),
  ...both("that counts mistakes of clients", (query) => query.replace('"5xx"', '"4xx"')),
  ...both("that counts classes that there are not", (query) => query.replace('="5xx"', '=~"5..x"')),
  ...both("that needs a billion requests, in full", (query) => query.replace(">= 100", ">= 1000000000")),
  ...both("whose query does not end", (query) => `(${query}`),
  WATCH.bad(
    "a watch that calls five minutes quick",
    slow((query) => query.replace("200(", "300000(")),
  ),
  GATE.bad(
    "a gate that calls five minutes quick",
    slow((query) => query.replace("200(", "300000(")),
  ),
  GATE.bad(
    "a gate that calls everything quick",
    slow((query) => query.replace(/le=~"[^"]+"/, 'le=~".*"')),
  ),
  GATE.bad("a gate that asks nobody", asksAt(NOWHERE)),
  WATCH.bad("a watch that asks nobody", asksAt(NOWHERE)),
  GATE.bad("a gate that asks its own machine", asksAt("http://127.0.0.1:9090")),
  gate("a gate that waits two hours", (metric) => {
    metric["initialDelay"] = "2h";
  }),
  WATCH.bad(
    "a watch that waits two hours",
    first((metric) => {
      metric["initialDelay"] = "2h";
    }),
  ),
  asked("a gate that counts both versions by an alternative", (query) =>
    query.replaceAll(/cluster_name=~"([^"]+)"/g, (_, name: string) => `cluster_name=~".*fraud.*|${name}"`),
  ),
  ...bothFine("over several lines", (query) => query.replaceAll(" / ", "\n  /  # of all\n")),
  ...bothFine("by the rate of the last two scrapes", (query) => countedBy("irate", alone(query)).replace(">= 100", ">= 0.8")),
  ...bothFine("about the one port that its routes lead to", (query) => query.replaceAll("(80|50051)", "80")),
  ...bothFine("by increase", (query) => countedBy("increase", query)),
  ...bothFine("by cluster", (query) => query.replaceAll("sum(", "sum by (cluster_name) (").replaceAll("on()", "on ()")),
  ...bothFine("with four decimals", (query) => `round(${query}, 0.0001)`),
  ...bothFine("that is not below nothing", (query) => `clamp_min(${query}, 0)`),
  ...bothFine("in parentheses", (query) => `((${query}))`),
  ...bothFine("without a rounding", (query) => query.replaceAll("round(", "(").replaceAll(", 1e-8)", ")")),
  ...bothFine("over one minute", (query) => query.replaceAll("[120s]", "[1m]")),
  WATCH.harmless(
    "a watch in per cent",
    first((metric, query) => {
      query((it) => `100 * (${it})`);
      metric["successCondition"] = "len(result) > 0 && !isNaN(result[0]) && result[0] <= 1";
      metric["failureCondition"] = "len(result) > 0 && !isNaN(result[0]) && result[0] > 1";
    }),
  ),
  ...[0.01, 0.02, 0.1, 0.2].map((limit) =>
    WATCH.harmless(
      `a watch with a limit of ${limit}`,
      first((metric) => {
        metric["successCondition"] = `len(result) > 0 && !isNaN(result[0]) && result[0] <= ${limit}`;
        metric["failureCondition"] = `result[0]>${limit}`;
      }),
    ),
  ),
];
