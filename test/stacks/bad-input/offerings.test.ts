import { expect, it } from "vitest";
import type { Layer } from "#stacks/contracts";
import { type Changes, refused } from "../../harness/refused.ts";

const DEV = "stacks/inputs/environments/dev.ts:";
const IRELAND = { "profile.regions": ["eu-west-1"], "config.region": "eu-west-1" };

it.each<[what: string, layer: Layer, changes: Changes, sentence: string]>([
  [
    "the GPU types of dev, in Ireland",
    "platform",
    IRELAND,
    `${DEV} gpu.training.instanceType must be offered in eu-west-1, got 'g6.xlarge' (it is in eu-central-1, eu-central-2, eu-north-1, eu-south-2, …; nearest here: g5.xlarge)\n` +
      `${DEV} gpu.inference.instanceType must be offered in eu-west-1, got 'g6.xlarge' (it is in eu-central-1, eu-central-2, eu-north-1, eu-south-2, …; nearest here: g5.xlarge)`,
  ],
  [
    "H100s in Frankfurt, told before the network is made",
    "foundation",
    { "config.region": "eu-central-1", "profile.gpu.training.instanceType": "p5.48xlarge", "profile.gpu.training.maxGpus": 8 },
    `${DEV} gpu.training.instanceType must be offered in eu-central-1, got 'p5.48xlarge' (it is in eu-north-1, eu-west-2, ap-northeast-1, ap-northeast-2, …; nearest here: p4de.24xlarge)`,
  ],
  [
    "B300s in Stockholm",
    "workloads",
    { "profile.gpu.inference.instanceType": "p6-b300.48xlarge" },
    `${DEV} gpu.inference.instanceType must be offered in eu-north-1, got 'p6-b300.48xlarge' (it is in ap-northeast-2, sa-east-1, us-east-1, us-west-2; nearest here: p6-b200.48xlarge)`,
  ],
  [
    "system nodes of a type that Stockholm does not sell",
    "platform",
    { "profile.cluster.system.instanceType": "m8i.large" },
    `${DEV} cluster.system.instanceType must be offered in each zone of the environment (eun1-az1, eun1-az2, eun1-az3), got 'm8i.large' (it is in eu-central-1, eu-south-2, eu-west-1, eu-west-2, …; nearest here: m7i.large)`,
  ],
  [
    "system nodes of a type that two of three zones sell",
    "platform",
    { "profile.cluster.system.instanceType": "g6.xlarge" },
    `${DEV} cluster.system.instanceType must be offered in each zone of the environment (eun1-az1, eun1-az2, eun1-az3), got 'g6.xlarge' (it is in eun1-az1, eun1-az2; nearest here: g5.xlarge)`,
  ],
  [
    "a pool of a type that is not sold",
    "platform",
    { "profile.gpu.inference.instanceType": "p4de.24xlarge" },
    `${DEV} gpu.inference.instanceType must be offered in eu-north-1, got 'p4de.24xlarge' (it is in eu-central-1, ap-northeast-1, ap-southeast-1, us-east-1, …; nearest here: p5.48xlarge)`,
  ],
  [
    "a pool of several types, one of which is not sold",
    "platform",
    { "profile.cpu.instanceTypes": ["m7i.xlarge", "m8i.xlarge"] },
    `${DEV} cpu.instanceTypes[1] must be offered in eu-north-1, got 'm8i.xlarge' (it is in eu-central-1, eu-south-2, eu-west-1, eu-west-2, …; nearest here: m7i.xlarge)`,
  ],
  [
    "a database class that Paris does not sell",
    "foundation",
    {
      "profile.regions": ["eu-west-3"],
      "config.region": "eu-west-3",
      "profile.database.instanceClass": "db.r7g.large",
    },
    `${DEV} database.instanceClass must be offered in eu-west-3, got 'db.r7g.large' (it is in eu-central-1, eu-central-2, eu-north-1, eu-south-1, …; nearest here: db.r8g.large)`,
  ],
  [
    "a misspelt type, told in the first layer",
    "foundation",
    { "profile.gpu.training.instanceType": "g6.xlarg" },
    `${DEV} gpu.training.instanceType must be a type of components/instances/table.ts, got 'g6.xlarg'. Did you mean 'g6.xlarge'?`,
  ],
  [
    "a type of yesterday",
    "platform",
    { "profile.gpu.training.instanceType": "p3.8xlarge" },
    `${DEV} gpu.training.instanceType must be a type of components/instances/table.ts, got 'p3.8xlarge'. Did you mean 'p5.4xlarge'?`,
  ],
])("nothing is made of %s", async (_, layer, changes, sentence) => {
  expect(await refused(layer, changes)).toEqual({ sentence, plain: true, touched: [] });
});
