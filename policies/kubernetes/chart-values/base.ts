import type { KnownChart } from "./tree.ts";

/** Written by `npm run refresh:charts`. */
export const BASE: KnownChart = {
  version: "1.31.1",
  read: "commit eed52ebb66ad of 2026-08-27",
  keys: `
* compatibilityVersion defaults platform profile
m _internal_defaults_do_not_set
s defaultRevision
base:
 * validationFailurePolicy
 b enableCRDTemplates enableIstioConfigCRDs
 l excludedCRDs
 s validationCABundle validationURL
experimental:
 b stableValidationPolicy
global:
 * ... compatibilityVersion defaults platform profile readerServiceAccount
 b enableReaderRBAC
 l imagePullSecrets
 s defaultRevision istioNamespace resourceScope
 base:
  * validationFailurePolicy
  b enableCRDTemplates enableIstioConfigCRDs
  l excludedCRDs
  s validationCABundle validationURL
 experimental:
  b stableValidationPolicy
`,
};
