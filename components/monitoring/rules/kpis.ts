/** Business indicators by which a model can be judged, each a share of events that the application counts in `mlops_business_events_total`. */
export const KPIS = {
  "click-through-rate": { of: "impression", counted: "click" },
  "fraud-caught": { of: "fraud", counted: "fraud_caught" },
} as const;
export type KpiName = keyof typeof KPIS;
