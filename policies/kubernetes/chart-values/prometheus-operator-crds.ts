import type { KnownChart } from "./tree.ts";

/** Written by `npm run refresh:charts`. */
export const PROMETHEUS_OPERATOR_CRDS: KnownChart = {
  version: "31.0.1",
  read: "31.0.1",
  keys: `
m global
crds:
 * annotations
 b enabled
 m global
 alertmanagerconfigs:
  b enabled
 alertmanagers:
  b enabled
 podmonitors:
  b enabled
 probes:
  b enabled
 prometheusagents:
  b enabled
 prometheuses:
  b enabled
 prometheusrules:
  b enabled
 scrapeconfigs:
  b enabled
 servicemonitors:
  b enabled
 thanosrulers:
  b enabled
`,
};
