import type { KnownChart } from "./tree.ts";

/** Written by `npm run refresh:charts`. */
export const BASE: KnownChart = {
  version: "1.31.1",
  read: "commit eed52ebb66ad of 2026-08-27",
  keys: `
* compatibilityVersion defaults
s defaultRevision
base:
 * validationFailurePolicy
 b enableCRDTemplates enableIstioConfigCRDs
 l excludedCRDs
 s validationCABundle validationURL
experimental:
 b stableValidationPolicy
global:
 * readerServiceAccount
 b enableReaderRBAC
 l imagePullSecrets
 s istioNamespace resourceScope
`,
};
