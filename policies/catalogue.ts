import type { Rule } from "./rule.ts";
import { AUD_01 } from "./rules/aud/aud-01.ts";
import { AUD_02 } from "./rules/aud/aud-02.ts";
import { AWS_01 } from "./rules/aws/aws-01.ts";
import { AWS_02 } from "./rules/aws/aws-02.ts";
import { AWS_03 } from "./rules/aws/aws-03.ts";
import { AWS_04 } from "./rules/aws/aws-04.ts";
import { AWS_05 } from "./rules/aws/aws-05.ts";
import { AWS_06 } from "./rules/aws/aws-06.ts";
import { CAN_01 } from "./rules/can/can-01.ts";
import { CAN_02 } from "./rules/can/can-02.ts";
import { CAN_03 } from "./rules/can/can-03.ts";
import { CAN_04 } from "./rules/can/can-04.ts";
import { CAN_05 } from "./rules/can/can-05.ts";
import { CAN_06 } from "./rules/can/can-06.ts";
import { CAN_07 } from "./rules/can/can-07.ts";
import { CAN_08 } from "./rules/can/can-08.ts";
import { CAN_09 } from "./rules/can/can-09.ts";
import { CAN_10 } from "./rules/can/can-10.ts";
import { CAN_11 } from "./rules/can/can-11.ts";
import { CAN_12 } from "./rules/can/can-12.ts";
import { CAN_13 } from "./rules/can/can-13.ts";
import { CAN_14 } from "./rules/can/can-14.ts";
import { CAN_15 } from "./rules/can/can-15.ts";
import { COST_01 } from "./rules/cost/cost-01.ts";
import { COST_02 } from "./rules/cost/cost-02.ts";
import { COST_03 } from "./rules/cost/cost-03.ts";
import { COST_04 } from "./rules/cost/cost-04.ts";
import { CTL_01 } from "./rules/ctl/ctl-01.ts";
import { CTL_02 } from "./rules/ctl/ctl-02.ts";
import { CTL_03 } from "./rules/ctl/ctl-03.ts";
import { CTL_04 } from "./rules/ctl/ctl-04.ts";
import { DB_01 } from "./rules/db/db-01.ts";
import { DB_02 } from "./rules/db/db-02.ts";
import { DB_03 } from "./rules/db/db-03.ts";
import { DB_04 } from "./rules/db/db-04.ts";
import { DB_05 } from "./rules/db/db-05.ts";
import { DB_06 } from "./rules/db/db-06.ts";
import { DB_07 } from "./rules/db/db-07.ts";
import { DB_08 } from "./rules/db/db-08.ts";
import { DB_09 } from "./rules/db/db-09.ts";
import { DB_10 } from "./rules/db/db-10.ts";
import { DB_11 } from "./rules/db/db-11.ts";
import { DB_12 } from "./rules/db/db-12.ts";
import { DB_13 } from "./rules/db/db-13.ts";
import { EKS_01 } from "./rules/eks/eks-01.ts";
import { EKS_02 } from "./rules/eks/eks-02.ts";
import { EKS_03 } from "./rules/eks/eks-03.ts";
import { EKS_04 } from "./rules/eks/eks-04.ts";
import { EKS_05 } from "./rules/eks/eks-05.ts";
import { EKS_06 } from "./rules/eks/eks-06.ts";
import { EKS_07 } from "./rules/eks/eks-07.ts";
import { EKS_08 } from "./rules/eks/eks-08.ts";
import { EKS_09 } from "./rules/eks/eks-09.ts";
import { EKS_10 } from "./rules/eks/eks-10.ts";
import { EKS_11 } from "./rules/eks/eks-11.ts";
import { EKS_12 } from "./rules/eks/eks-12.ts";
import { EKS_13 } from "./rules/eks/eks-13.ts";
import { EKS_14 } from "./rules/eks/eks-14.ts";
import { EKS_15 } from "./rules/eks/eks-15.ts";
import { EKS_16 } from "./rules/eks/eks-16.ts";
import { EKS_17 } from "./rules/eks/eks-17.ts";
import { EKS_18 } from "./rules/eks/eks-18.ts";
import { EKS_19 } from "./rules/eks/eks-19.ts";
import { EKS_20 } from "./rules/eks/eks-20.ts";
import { GPU_01 } from "./rules/gpu/gpu-01.ts";
import { GPU_02 } from "./rules/gpu/gpu-02.ts";
import { GPU_03 } from "./rules/gpu/gpu-03.ts";
import { GPU_04 } from "./rules/gpu/gpu-04.ts";
import { GPU_05 } from "./rules/gpu/gpu-05.ts";
import { GPU_06 } from "./rules/gpu/gpu-06.ts";
import { GPU_07 } from "./rules/gpu/gpu-07.ts";
import { GPU_08 } from "./rules/gpu/gpu-08.ts";
import { GPU_09 } from "./rules/gpu/gpu-09.ts";
import { GPU_10 } from "./rules/gpu/gpu-10.ts";
import { GPU_11 } from "./rules/gpu/gpu-11.ts";
import { GPU_12 } from "./rules/gpu/gpu-12.ts";
import { GPU_13 } from "./rules/gpu/gpu-13.ts";
import { GPU_14 } from "./rules/gpu/gpu-14.ts";
import { GPU_15 } from "./rules/gpu/gpu-15.ts";
import { IAM_01 } from "./rules/iam/iam-01.ts";
import { IAM_02 } from "./rules/iam/iam-02.ts";
import { IAM_03 } from "./rules/iam/iam-03.ts";
import { IAM_04 } from "./rules/iam/iam-04.ts";
import { IAM_05 } from "./rules/iam/iam-05.ts";
import { IAM_06 } from "./rules/iam/iam-06.ts";
import { IAM_07 } from "./rules/iam/iam-07.ts";
import { IAM_08 } from "./rules/iam/iam-08.ts";
import { IAM_09 } from "./rules/iam/iam-09.ts";
import { IAM_10 } from "./rules/iam/iam-10.ts";
import { IMG_01 } from "./rules/img/img-01.ts";
import { IMG_02 } from "./rules/img/img-02.ts";
import { IMG_03 } from "./rules/img/img-03.ts";
import { IMG_04 } from "./rules/img/img-04.ts";
import { IMG_05 } from "./rules/img/img-05.ts";
import { K8S_01 } from "./rules/k8s/k8s-01.ts";
import { K8S_02 } from "./rules/k8s/k8s-02.ts";
import { K8S_03 } from "./rules/k8s/k8s-03.ts";
import { K8S_04 } from "./rules/k8s/k8s-04.ts";
import { K8S_05 } from "./rules/k8s/k8s-05.ts";
import { K8S_06 } from "./rules/k8s/k8s-06.ts";
import { K8S_07 } from "./rules/k8s/k8s-07.ts";
import { K8S_08 } from "./rules/k8s/k8s-08.ts";
import { K8S_09 } from "./rules/k8s/k8s-09.ts";
import { K8S_10 } from "./rules/k8s/k8s-10.ts";
import { K8S_11 } from "./rules/k8s/k8s-11.ts";
import { K8S_12 } from "./rules/k8s/k8s-12.ts";
import { K8S_13 } from "./rules/k8s/k8s-13.ts";
import { K8S_14 } from "./rules/k8s/k8s-14.ts";
import { K8S_15 } from "./rules/k8s/k8s-15.ts";
import { K8S_16 } from "./rules/k8s/k8s-16.ts";
import { K8S_17 } from "./rules/k8s/k8s-17.ts";
import { K8S_18 } from "./rules/k8s/k8s-18.ts";
import { K8S_19 } from "./rules/k8s/k8s-19.ts";
import { KMS_01 } from "./rules/kms/kms-01.ts";
import { KMS_02 } from "./rules/kms/kms-02.ts";
import { KMS_03 } from "./rules/kms/kms-03.ts";
import { KMS_04 } from "./rules/kms/kms-04.ts";
import { MESH_01 } from "./rules/mesh/mesh-01.ts";
import { MESH_02 } from "./rules/mesh/mesh-02.ts";
import { MESH_03 } from "./rules/mesh/mesh-03.ts";
import { MESH_04 } from "./rules/mesh/mesh-04.ts";
import { MESH_05 } from "./rules/mesh/mesh-05.ts";
import { MESH_06 } from "./rules/mesh/mesh-06.ts";
import { MESH_07 } from "./rules/mesh/mesh-07.ts";
import { MESH_08 } from "./rules/mesh/mesh-08.ts";
import { NET_01 } from "./rules/net/net-01.ts";
import { NET_02 } from "./rules/net/net-02.ts";
import { NET_03 } from "./rules/net/net-03.ts";
import { NET_04 } from "./rules/net/net-04.ts";
import { NET_05 } from "./rules/net/net-05.ts";
import { NET_06 } from "./rules/net/net-06.ts";
import { NET_07 } from "./rules/net/net-07.ts";
import { NET_08 } from "./rules/net/net-08.ts";
import { NET_09 } from "./rules/net/net-09.ts";
import { NET_10 } from "./rules/net/net-10.ts";
import { NET_11 } from "./rules/net/net-11.ts";
import { NET_12 } from "./rules/net/net-12.ts";
import { OBS_01 } from "./rules/obs/obs-01.ts";
import { OBS_02 } from "./rules/obs/obs-02.ts";
import { OBS_03 } from "./rules/obs/obs-03.ts";
import { OBS_04 } from "./rules/obs/obs-04.ts";
import { OBS_05 } from "./rules/obs/obs-05.ts";
import { OBS_06 } from "./rules/obs/obs-06.ts";
import { OBS_07 } from "./rules/obs/obs-07.ts";
import { PII_01 } from "./rules/pii/pii-01.ts";
import { REL_01 } from "./rules/rel/rel-01.ts";
import { REL_02 } from "./rules/rel/rel-02.ts";
import { RES_01 } from "./rules/res/res-01.ts";
import { RES_02 } from "./rules/res/res-02.ts";
import { RUN_01 } from "./rules/run/run-01.ts";
import { RUN_02 } from "./rules/run/run-02.ts";
import { RUN_03 } from "./rules/run/run-03.ts";
import { RUN_04 } from "./rules/run/run-04.ts";
import { S3_01 } from "./rules/s3/s3-01.ts";
import { S3_02 } from "./rules/s3/s3-02.ts";
import { S3_03 } from "./rules/s3/s3-03.ts";
import { S3_04 } from "./rules/s3/s3-04.ts";
import { S3_05 } from "./rules/s3/s3-05.ts";
import { S3_06 } from "./rules/s3/s3-06.ts";
import { S3_07 } from "./rules/s3/s3-07.ts";
import { S3_08 } from "./rules/s3/s3-08.ts";
import { S3_09 } from "./rules/s3/s3-09.ts";
import { S3_10 } from "./rules/s3/s3-10.ts";
import { S3_11 } from "./rules/s3/s3-11.ts";
import { S3_12 } from "./rules/s3/s3-12.ts";
import { SEC_01 } from "./rules/sec/sec-01.ts";
import { SEC_02 } from "./rules/sec/sec-02.ts";
import { SEC_03 } from "./rules/sec/sec-03.ts";
import { SEC_04 } from "./rules/sec/sec-04.ts";
import { SEC_05 } from "./rules/sec/sec-05.ts";
import { SEC_06 } from "./rules/sec/sec-06.ts";
import { SEC_07 } from "./rules/sec/sec-07.ts";
import { SEC_08 } from "./rules/sec/sec-08.ts";
import { SEC_09 } from "./rules/sec/sec-09.ts";
import { SEC_10 } from "./rules/sec/sec-10.ts";
import { SEC_11 } from "./rules/sec/sec-11.ts";

/** Every rule there is, family by family. Each has a file of its own: `rules/<family>/<id>.ts`, in small letters. */
export const RULES: readonly Rule[] = [
  EKS_01,
  EKS_02,
  EKS_03,
  EKS_04,
  EKS_05,
  EKS_07,
  EKS_06,
  EKS_08,
  EKS_09,
  EKS_10,
  EKS_11,
  EKS_12,
  EKS_13,
  EKS_14,
  EKS_15,
  EKS_16,
  EKS_17,
  EKS_18,
  EKS_19,
  EKS_20,
  K8S_01,
  K8S_04,
  K8S_02,
  K8S_03,
  K8S_06,
  K8S_05,
  K8S_07,
  K8S_08,
  K8S_09,
  K8S_13,
  K8S_11,
  K8S_12,
  K8S_10,
  K8S_14,
  K8S_15,
  K8S_16,
  K8S_17,
  K8S_18,
  K8S_19,
  S3_01,
  S3_02,
  S3_04,
  S3_06,
  S3_07,
  S3_03,
  S3_05,
  S3_08,
  S3_09,
  S3_10,
  S3_11,
  S3_12,
  AUD_01,
  AUD_02,
  PII_01,
  IMG_01,
  IMG_02,
  IMG_03,
  IMG_04,
  IMG_05,
  RUN_01,
  RUN_02,
  RUN_03,
  RUN_04,
  MESH_01,
  MESH_02,
  MESH_03,
  MESH_04,
  MESH_05,
  MESH_06,
  MESH_07,
  MESH_08,
  IAM_01,
  IAM_02,
  IAM_03,
  IAM_04,
  IAM_05,
  IAM_06,
  IAM_07,
  IAM_08,
  IAM_09,
  IAM_10,
  NET_01,
  NET_02,
  NET_03,
  NET_04,
  NET_05,
  NET_06,
  NET_07,
  NET_08,
  NET_09,
  NET_10,
  NET_11,
  NET_12,
  RES_01,
  RES_02,
  COST_01,
  COST_02,
  COST_03,
  COST_04,
  REL_01,
  REL_02,
  OBS_01,
  OBS_02,
  OBS_03,
  OBS_04,
  OBS_05,
  OBS_06,
  OBS_07,
  CTL_01,
  CTL_02,
  CTL_03,
  CTL_04,
  DB_01,
  DB_02,
  DB_03,
  DB_04,
  DB_05,
  DB_06,
  DB_07,
  DB_08,
  DB_09,
  DB_10,
  DB_11,
  DB_12,
  DB_13,
  AWS_01,
  AWS_02,
  AWS_03,
  AWS_04,
  AWS_05,
  AWS_06,
  KMS_01,
  KMS_02,
  KMS_03,
  KMS_04,
  SEC_01,
  SEC_02,
  SEC_05,
  SEC_03,
  SEC_04,
  SEC_06,
  SEC_07,
  SEC_08,
  SEC_09,
  SEC_10,
  SEC_11,
  GPU_01,
  GPU_02,
  GPU_03,
  GPU_04,
  GPU_05,
  GPU_06,
  GPU_07,
  GPU_08,
  GPU_09,
  GPU_10,
  GPU_11,
  GPU_12,
  GPU_13,
  GPU_14,
  GPU_15,
  CAN_01,
  CAN_02,
  CAN_03,
  CAN_04,
  CAN_05,
  CAN_06,
  CAN_07,
  CAN_08,
  CAN_09,
  CAN_10,
  CAN_11,
  CAN_12,
  CAN_13,
  CAN_14,
  CAN_15,
];

/** The same rules for programs of others: they ask for what a pack without a config asks for, in every environment. */
export const RULES_ELSEWHERE: readonly Rule[] = RULES.map((rule): Rule => {
  const own = rule.elsewhere ?? rule.parameters?.prod;
  return own === undefined ? rule : { ...rule, parameters: { dev: own, staging: own, prod: own } };
});
