import type { KnownChart } from "./tree.ts";

/** Written by `npm run refresh:charts`. */
export const KARPENTER_CRD: KnownChart = {
  version: "1.14.1",
  read: "1.14.1",
  keys: `
m additionalAnnotations global
`,
};
