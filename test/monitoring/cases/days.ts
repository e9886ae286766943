import { scraped } from "../emitted.ts";
import { type Case, type Family, fires, selector, silent } from "./case.ts";

const STEP = "1h";
const STEPS_A_DAY = 24;
const days = (count: number) => count * STEPS_A_DAY;
const fraud = { namespace: "ml", model: "fraud" };
const version = { ...fraud, model_version: "3" };
const asked = { ...fraud, team: "risk", drift: "true", quality: "true", kpi: "click-through-rate" };

/** The drift job's four series, pushed at every step so that only what a case is about is stale. */
const drift = (scores: Record<string, number>, rows: number, count = 2): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(scores).map(([feature, value]) => [
      scraped("mlops_drift_score", { ...version, feature, method: "psi" }),
      `${value}+0x${days(count)}`,
    ]),
  ),
  [scraped("mlops_drift_samples", { ...version, window: "current" })]: `${rows}+0x${days(count)}`,
  [scraped("mlops_drift_last_success_timestamp_seconds", version)]: `0+3600x${days(count)}`,
});

const driftCases: Case[] = [
  {
    name: "drift: each feature by its own score",
    series: drift({ age: 0.1, amount: 0.11, country: 0.25, device: 0.26 }, 500),
    expect: [
      fires("DataDrift", "warning", "1d", ...["amount", "country", "device"].map((feature) => ({ ...version, feature }))),
      fires("DataDrift", "critical", "1d", { ...version, feature: "device" }),
      silent("DriftSamplesTooFew", "info", "1d"),
      silent("DriftCheckStale", "warning", "1d"),
      silent("DriftCheckMissing", "warning", "2d"),
    ],
  },
  {
    name: "drift: 499 rows are no verdict",
    series: drift({ amount: 0.9 }, 499),
    expect: [
      silent("DataDrift", "warning", "1d"),
      silent("DataDrift", "critical", "1d"),
      silent("DriftSamplesTooFew", "info", "1h"),
      fires("DriftSamplesTooFew", "info", "1d", { ...version, window: "current" }),
    ],
  },
  {
    name: "drift: the job stopped after its first day",
    series: {
      ...drift({ amount: 0.9 }, 1000, 6),
      [scraped("mlops_drift_last_success_timestamp_seconds", version)]: `0+3600x${days(1)} ${86_400}+0x${days(5)}`,
    },
    expect: [
      fires("DataDrift", "critical", "2d", { ...version, feature: "amount" }),
      silent("DriftCheckStale", "warning", "3d"),
      fires("DriftCheckStale", "warning", "4d", fraud),
      silent("DataDrift", "critical", "4d"),
    ],
  },
  {
    name: "drift: the job never ran",
    series: {},
    expect: [
      silent("DriftCheckMissing", "warning", "23h"),
      fires("DriftCheckMissing", "warning", "1d1h", asked),
      silent("DriftCheckStale", "warning", "1d1h"),
    ],
  },
];

const quality = (values: string, rows: string, model_version = "3"): Record<string, string> => ({
  [scraped("mlops_online_quality", { ...fraud, model_version, metric: "accuracy" })]: values,
  [scraped("mlops_online_quality_samples", { ...fraud, model_version, metric: "accuracy" })]: rows,
});
/** One value for a week, then another. */
const thenOther = (before: number, after: number) => `${before}+0x${days(7)} ${after}+0x${days(3)}`;
const accuracy = (name: string, series: Record<string, string>, firing: boolean): Case => ({
  name: `accuracy: ${name}`,
  series,
  expect: [
    silent("ConceptDrift", "critical", "6d"),
    firing ? fires("ConceptDrift", "critical", "9d", fraud) : silent("ConceptDrift", "critical", "9d"),
    silent("QualityMissing", "warning", "9d"),
  ],
});

const conceptCases: Case[] = [
  accuracy("11% lower than last week", quality(thenOther(0.9, 0.801), `1000+0x${days(10)}`), true),
  accuracy("9% lower than last week", quality(thenOther(0.9, 0.819), `1000+0x${days(10)}`), false),
  accuracy("lower, of 499 labelled rows", quality(thenOther(0.9, 0.5), `499+0x${days(10)}`), false),
  accuracy(
    "11% lower, of another version than last week",
    {
      ...quality(`0.9+0x${days(7)}`, `1000+0x${days(7)}`, "3"),
      ...quality(`_x${days(7)} 0.801+0x${days(3)}`, `_x${days(7)} 1000+0x${days(3)}`, "4"),
    },
    true,
  ),
  {
    name: "accuracy: never measured",
    series: {},
    expect: [silent("QualityMissing", "warning", "23h"), fires("QualityMissing", "warning", "1d1h", asked)],
  },
];

const event = (name: string) => scraped("mlops_business_events_total", { ...version, event: name });
/** Clicks grow by so many a step for eight days, then by so many. */
const clicks = (before: number, after: number) => `0+${before}x${days(8)} ${before * days(8) + after}+${after}x${days(2)}`;
const business = (name: string, impressions: number, before: number, after: number, firing: boolean): Case => ({
  name: `business: ${name}`,
  series: { [event("impression")]: `0+${impressions}x${days(10)}`, [event("click")]: clicks(before, after) },
  expect: [
    silent("BusinessKpiDrop", "critical", "8d"),
    firing
      ? fires("BusinessKpiDrop", "critical", "9d12h", { ...fraud, kpi: "click-through-rate" })
      : silent("BusinessKpiDrop", "critical", "9d12h"),
    silent("BusinessKpiMissing", "warning", "9d12h"),
  ],
});

const businessCases: Case[] = [
  business("click-through rate 16% lower", 1_000, 100, 84, true),
  business("click-through rate 14% lower", 1_000, 100, 86, false),
  business("half as many clicks, of 960 impressions a day", 40, 20, 10, false),
  {
    name: "business: no events",
    series: {},
    expect: [silent("BusinessKpiMissing", "warning", "5h"), fires("BusinessKpiMissing", "warning", "7h", asked)],
  },
];

const historyCases: Case[] = [
  {
    name: "traffic: yesterday at this time there was some",
    series: {
      [`mlops:serving_requests:rate2m${selector({ ...fraud, role: "stable" })}`]: `5+0x${days(1)} 0+0x${days(1)}`,
    },
    expect: [silent("ModelTrafficLost", "critical", "23h"), fires("ModelTrafficLost", "critical", "1d6h", fraud)],
  },
  {
    name: "traffic: quiet yesterday and quiet today",
    series: { [`mlops:serving_requests:rate2m${selector({ ...fraud, role: "stable" })}`]: `0+0x${days(2)}` },
    expect: [silent("ModelTrafficLost", "critical", "1d6h")],
  },
  {
    name: "history: eleven days old, and remembers one",
    series: {
      [scraped("process_start_time_seconds")]: `0+0x${days(12)}`,
      [scraped("prometheus_tsdb_lowest_timestamp_seconds")]: `0+3600x${days(12)}`,
    },
    expect: [
      silent("HistoryTooShort", "warning", "9d"),
      fires("HistoryTooShort", "warning", "11d12h", { namespace: "monitoring", pod: "prometheus-0" }),
    ],
  },
  {
    name: "history: eleven days old, and remembers them",
    series: {
      [scraped("process_start_time_seconds")]: `0+0x${days(12)}`,
      [scraped("prometheus_tsdb_lowest_timestamp_seconds")]: `0+0x${days(12)}`,
    },
    expect: [silent("HistoryTooShort", "warning", "11d12h")],
  },
];

export const dayFamilies: Family[] = [
  { name: "drift", about: ["data-drift"], step: STEP, cases: driftCases },
  { name: "accuracy", about: ["concept-drift"], step: STEP, cases: conceptCases },
  { name: "business", about: ["business"], step: STEP, cases: businessCases },
  { name: "history", about: ["serving", "meta"], step: STEP, cases: historyCases },
];
