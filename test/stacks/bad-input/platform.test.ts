import { expect, it } from "vitest";
import { GPU_INSTANCES } from "#components/instances/table";
import { type Changes, refused } from "../../harness/refused.ts";

const CPU = "stacks/inputs/environments/dev.ts: cpu";
const TYPES = Object.keys(GPU_INSTANCES).join(", ");
const X86 =
  "stacks/inputs/environments/dev.ts: cluster.system.instanceType must be an x86 EC2 instance type, for example m7i.large";
const POOL = "stacks/inputs/environments/dev.ts: gpu.training";

it.each<[what: string, changes: Changes, sentence: string]>([
  [
    "a log twice",
    { "profile.cluster.logs": ["audit", "audit"] },
    "stacks/inputs/environments/dev.ts: cluster.logs must be distinct, got 'audit'",
  ],
  ["a Graviton node", { "profile.cluster.system.instanceType": "m7g.large" }, `${X86}, got 'm7g.large'`],
  [
    "an unknown instance type",
    { "profile.cluster.system.instanceType": "large" },
    "stacks/inputs/environments/dev.ts: cluster.system.instanceType must be a type of components/instances/table.ts, got 'large'",
  ],
  [
    "fewer nodes at most than at least",
    { "profile.cluster.system.max": 1 },
    "stacks/inputs/environments/dev.ts: cluster.system.max must be a whole number of at least 3, got '1'",
  ],
  [
    "more nodes in one zone than in another",
    { "profile.cluster.system.min": 4 },
    "stacks/inputs/environments/dev.ts: cluster.system.min must be a multiple of 3, the number of network.zones, got '4'",
  ],
  [
    "a CPU pool of an unknown type",
    { "profile.cpu.instanceTypes": ["m99.large"] },
    "stacks/inputs/environments/dev.ts: cpu.instanceTypes[0] must be a type of components/instances/table.ts, got 'm99.large'. Did you mean 'm6i.large'?",
  ],
  [
    "a CPU pool with GPUs",
    { "profile.cpu.instanceTypes": ["g6.xlarge"] },
    `${CPU}.instanceTypes must be known x86 EC2 instance types without GPUs, such as m7i.2xlarge, got 'g6.xlarge'`,
  ],
  [
    "a CPU pool of Graviton nodes",
    { "profile.cpu.instanceTypes": ["m7g.large"] },
    `${CPU}.instanceTypes must be known x86 EC2 instance types without GPUs, such as m7i.2xlarge, got 'm7g.large'`,
  ],
  [
    "a CPU pool of two sizes",
    { "profile.cpu.instanceTypes": ["m7i.xlarge", "m7i.2xlarge"] },
    `${CPU}.instanceTypes must be of one size, that of m7i.xlarge (4 processors, 16 GiB), got 'm7i.xlarge, m7i.2xlarge'`,
  ],
  [
    "a CPU pool without a type",
    { "profile.cpu.instanceTypes": [] },
    `${CPU}.instanceTypes must be a list of at least 1, got '[]'`,
  ],
  [
    "a CPU type twice",
    { "profile.cpu.instanceTypes": ["m7i.xlarge", "m7i.xlarge"] },
    `${CPU}.instanceTypes must be distinct, got 'm7i.xlarge'`,
  ],
  [
    "half a node of processors",
    { "profile.cpu.maxCpus": 10 },
    `${CPU}.maxCpus must be a multiple of 4, the processors of one m7i.xlarge, got '10'`,
  ],
  ["a CPU pool of no node", { "profile.cpu.maxCpus": 2 }, `${CPU}.maxCpus must be a whole number of at least 4, got '2'`],
  [
    "GPU nodes that are taken from under their pods",
    { "profile.gpu.training.consolidation": { when: "underused", afterSeconds: 60 } },
    `${POOL}.consolidation.when must be one of empty, never, got 'underused'`,
  ],
  [
    "a misspelt GPU instance",
    { "profile.gpu.training.instanceType": "g6.xlrge" },
    "stacks/inputs/environments/dev.ts: gpu.training.instanceType must be a type of components/instances/table.ts, got 'g6.xlrge'. Did you mean 'g6.xlarge'?",
  ],
  [
    "a GPU pool without GPUs",
    { "profile.gpu.training.instanceType": "m7i.large" },
    `${POOL}.instanceType must be one of ${TYPES}, got 'm7i.large'`,
  ],
  ["a pool of no GPU", { "profile.gpu.training.maxGpus": 0 }, `${POOL}.maxGpus must be a whole number of at least 1, got '0'`],
  [
    "half a node of GPUs",
    { "profile.gpu.training.instanceType": "g6.12xlarge", "profile.gpu.training.maxGpus": 6 },
    `${POOL}.maxGpus must be a multiple of 4, the GPUs of one g6.12xlarge, got '6'`,
  ],
  [
    "capacity that is not for sale",
    { "profile.gpu.training.capacity": ["sport"] },
    `${POOL}.capacity[0] must be one of spot, on-demand, got 'sport'`,
  ],
  [
    "an order that Karpenter does not follow",
    { "profile.gpu.training.capacity": ["on-demand", "spot"] },
    `${POOL}.capacity must be in the order in which Karpenter prefers them (spot, on-demand), got 'on-demand, spot'`,
  ],
  [
    "a promise that one NAT gateway and one database break",
    { "profile.cluster.zoneLoss": { keeps: "everything", waits: [] } },
    "stacks/inputs/environments/dev.ts: network.natGateways must be 3, one a zone, where cluster.zoneLoss keeps everything, got '1'\nstacks/inputs/environments/dev.ts: database.multiZone must be true where cluster.zoneLoss keeps everything, got 'false'",
  ],
  [
    "a pool of reserved capacity without a reservation",
    { "profile.gpu.training.capacity": ["reserved", "on-demand"] },
    `${POOL}.capacity[0] must be one of spot, on-demand, got 'reserved'`,
  ],
  [
    "a CPU pool of reserved capacity without a reservation",
    { "profile.cpu.capacity": ["reserved"] },
    `${CPU}.capacity[0] must be one of spot, on-demand, got 'reserved'`,
  ],
  [
    "a disk smaller than an image",
    { "profile.gpu.training.diskGiB": 20 },
    `${POOL}.diskGiB must be a whole number of at least 50, got '20'`,
  ],
  [
    "more tracking servers than there may be",
    { "profile.tracking.replicas": 2 },
    "stacks/inputs/environments/dev.ts: tracking.replicas must be at most tracking.maxReplicas (1), got '2'",
  ],
  [
    "more tracking servers than the database can bear",
    { "profile.tracking.maxReplicas": 100 },
    "stacks/inputs/environments/dev.ts: tracking.maxReplicas must be at most 4, as 2 workers each stay below 80 % of the database's 225 connections (take fewer replicas or workers, or a larger database), got '100'",
  ],
  [
    "a week of metrics",
    { "profile.monitoring.retentionDays": 7 },
    "stacks/inputs/environments/dev.ts: monitoring.retentionDays must be a whole number of at least 15, got '7'",
  ],
])("the platform is not built with %s", async (_, changes, sentence) => {
  expect(await refused("platform", changes)).toEqual({ sentence, plain: true, touched: [] });
});
