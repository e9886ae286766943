import type { Rule } from "./rule.ts";
import { GPU_01 } from "./rules/gpu/gpu-01.ts";
import { GPU_05 } from "./rules/gpu/gpu-05.ts";
import { IMG_01 } from "./rules/img/img-01.ts";
import { IMG_02 } from "./rules/img/img-02.ts";
import { K8S_01 } from "./rules/k8s/k8s-01.ts";
import { K8S_02 } from "./rules/k8s/k8s-02.ts";
import { K8S_03 } from "./rules/k8s/k8s-03.ts";
import { K8S_06 } from "./rules/k8s/k8s-06.ts";
import { MESH_01 } from "./rules/mesh/mesh-01.ts";
import { MESH_03 } from "./rules/mesh/mesh-03.ts";
import { SEC_02 } from "./rules/sec/sec-02.ts";

/** The rules that the API server keeps too. A rule about these guardrails cannot read the catalogue, of which it is a part. */
export const GUARDED: readonly Rule[] = [
  K8S_01,
  K8S_02,
  K8S_03,
  K8S_06,
  IMG_01,
  IMG_02,
  GPU_01,
  GPU_05,
  SEC_02,
  MESH_01,
  MESH_03,
];
