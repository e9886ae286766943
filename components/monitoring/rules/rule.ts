/** A series that Prometheus computes and keeps. */
export interface RecordingRule {
  record: string;
  expr: string;
  labels?: Record<string, string>;
}

/** What is done about an alert: someone is woken, someone looks in the morning, or it only explains another alert. */
export type Severity = "critical" | "warning" | "info";

/** What an alert is about; routes and dashboards group by it. */
export type Category = "infrastructure" | "drift" | "concept-drift" | "business" | "cost" | "release" | "monitoring";

/** A condition that somebody must hear of. */
export interface AlertRule {
  /** Name; its runbook is the page of that name. */
  alert: string;
  expr: string;
  /** How long the condition must hold. @default - the alert fires at once */
  for?: string;
  /** How long the alert stays after the condition is gone, so that it does not flap. @default - it ends at once */
  keep_firing_for?: string;
  /** `model` and `controller` stand here only where the expression's result does not carry them. */
  labels: { severity: Severity; category: Category; model?: string; controller?: string };
  annotations: { summary: string; description: string };
}

export type Rule = RecordingRule | AlertRule;

/** Rules that Prometheus evaluates one after the other. */
export interface RuleGroup {
  name: string;
  /** @default - Prometheus' own, 30 s */
  interval?: string;
  rules: readonly Rule[];
}
