import type { Cluster } from "#components/cluster/cluster";
import type { ComponentOptions } from "#components/component";
import { DcgmExporter } from "#components/gpu/dcgm-exporter";
import { DevicePlugin } from "#components/gpu/device-plugin";
import { Karpenter } from "#components/gpu/karpenter";
import { NodePool } from "#components/gpu/node-pool";
import type { NodePoolArgs, Purchase } from "#components/gpu/node-pool-args";
import type { PrometheusStack } from "#components/monitoring/prometheus-stack";
import { TrainingQueues } from "#components/training/queues";
import type { Context } from "../context.ts";
import type { FoundationOutputs } from "../contracts.ts";
import type { BoughtPool } from "../inputs/environments/profile.ts";
import { readPace } from "../inputs/pace.ts";
import { prefixOf, tagsOf } from "../names.ts";

/** Karpenter, a pool without GPUs, a GPU pool to train and one to serve, what makes their GPUs usable and visible, and the queues for training. */
export function gpuOf(
  context: Context,
  { network, keys }: FoundationOutputs,
  { cluster, monitoring }: { cluster: Cluster; monitoring: PrometheusStack },
  opts: ComponentOptions,
) {
  const { profile, settings } = context;
  const { nodeIdleSeconds } = readPace(profile)();
  const karpenter = new Karpenter(
    "karpenter",
    {
      clusterName: prefixOf(context),
      account: settings.account,
      region: settings.region,
      monitorLabels: {},
      zonalShift: profile.cluster.zonalShift,
      volumeKeyArn: keys.cluster,
    },
    opts,
  );
  const nodes = {
    nodeRoleName: karpenter.nodeRoleName,
    subnetIds: network.privateSubnetIds,
    securityGroupId: cluster.securityGroupId,
    volumeKeyArn: keys.cluster,
    tags: tagsOf("platform", context),
  };
  const gpuPool = (use: "training" | "inference"): NodePool => {
    const { carries: _, ...size } = paced(profile.gpu[use], nodeIdleSeconds);
    return new NodePool(
      use,
      { ...size, ...purchaseOf(size, settings.reservations?.[use]), use, ...nodes },
      { ...opts, dependsOn: karpenter },
    );
  };
  const { jobCpus: _, carries: __, ...cpuSize } = paced(profile.cpu, nodeIdleSeconds);
  const cpu = new NodePool(
    "cpu",
    { ...cpuSize, ...purchaseOf(cpuSize, settings.reservations?.cpu), use: "general", ...nodes },
    { ...opts, dependsOn: karpenter },
  );
  const training = gpuPool("training");
  const inference = gpuPool("inference");
  new DevicePlugin("device-plugin", opts);
  new DcgmExporter("dcgm-exporter", { monitorLabels: {} }, opts);
  new TrainingQueues("queues", { pools: [cpu.reference, training.reference], prometheus: monitoring.account }, opts);
  return { cpu: cpu.reference, gpu: { training: training.reference, inference: inference.reference } };
}

/** A pool whose empty nodes stay no longer than this. */
const paced = <Pool extends Pick<NodePoolArgs, "consolidation">>(pool: Pool, seconds: number): Pool => {
  const { consolidation } = pool;
  return consolidation.when === "empty"
    ? { ...pool, consolidation: { ...consolidation, afterSeconds: Math.min(consolidation.afterSeconds, seconds) } }
    : pool;
};

/** How a pool buys its nodes: from the reservations that the account has for it, and else as the profile says. */
const purchaseOf = ({ capacity }: BoughtPool, ids: [string, ...string[]] | undefined): Purchase =>
  ids === undefined ? { capacity } : { capacity: ["reserved", ...capacity], capacityReservationIds: ids };
