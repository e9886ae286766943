import { expect, it } from "vitest";
import { CLASS_MEMORY_GIB } from "#components/database/instance-classes";
import { REGIONS_WITH_ZONES } from "#components/network/zones";
import { type Changes, refused } from "../../harness/refused.ts";

const DAYS = "1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653";
const CLASSES = Object.keys(CLASS_MEMORY_GIB).join(", ");

it.each<[what: string, changes: Changes, sentence: string]>([
  [
    "a region whose zones nobody knows",
    { "profile.regions": ["ap-east-1"], "config.region": "ap-east-1", "config.state": undefined },
    `stacks/inputs/environments/dev.ts: regions[0] must be a region with zones in components/network/zones.ts (${REGIONS_WITH_ZONES.join(", ")}), got 'ap-east-1'`,
  ],
  [
    "more zones than the region has",
    { "profile.network.zones": 4 },
    "stacks/inputs/environments/dev.ts: network.zones must be a whole number of at most 3 in eu-north-1, got '4'",
  ],
  [
    "half a zone",
    { "profile.network.zones": 2.5 },
    "stacks/inputs/environments/dev.ts: network.zones must be a whole number of at least 1, got '2.5'",
  ],
  [
    "one zone",
    { "profile.network.zones": 1 },
    "stacks/inputs/environments/dev.ts: network.zones must be a list of 2 to 4 entries, got '1'",
  ],
  [
    "no zone",
    { "profile.network.zones": 0 },
    "stacks/inputs/environments/dev.ts: network.zones must be a whole number of at least 1, got '0'",
  ],
  [
    "a range that is none",
    { "profile.network.cidr": "10.10.0.1/16" },
    "stacks/inputs/environments/dev.ts: network.cidr must be an IPv4 range in canonical form, such as 10.10.0.0/16, got '10.10.0.1/16'",
  ],
  [
    "a range that is too small",
    { "profile.network.cidr": "10.10.0.0/22" },
    "stacks/inputs/environments/dev.ts: network.cidr must be at least a /20 (4096 addresses), which leaves 512 for the pods of each zone, got '10.10.0.0/22'",
  ],
  [
    "a range that is too large",
    { "profile.network.cidr": "10.0.0.0/8" },
    "stacks/inputs/environments/dev.ts: network.cidr must be at most a /16, the largest VPC, got '10.0.0.0/8'",
  ],
  [
    "a range inside another environment's",
    { "profile.network.cidr": "10.20.128.0/20" },
    "stacks/inputs/environments/dev.ts: network.cidr must be clear of the reserved range 10.20.0.0/16, got '10.20.128.0/20'",
  ],
  [
    "a range of the internet",
    { "profile.network.cidr": "8.8.0.0/16" },
    "stacks/inputs/environments/dev.ts: network.cidr must be a private range (inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10), got '8.8.0.0/16'",
  ],
  [
    "two NAT gateways for three zones",
    { "profile.network.natGateways": 2 },
    "stacks/inputs/environments/dev.ts: network.natGateways must be 1, or one for each of the 3 zones, got '2'",
  ],
  [
    "an endpoint that is none",
    { "profile.network.interfaceEndpoints": ["ECR"] },
    "stacks/inputs/environments/dev.ts: network.interfaceEndpoints[0] must be the endpoint name of a service in components/network/endpoints.ts, such as ecr.api, got 'ECR'",
  ],
  [
    "a misspelt endpoint",
    { "profile.network.interfaceEndpoints": ["sts", "ecr.apis"] },
    "stacks/inputs/environments/dev.ts: network.interfaceEndpoints[1] must be the endpoint name of a service in components/network/endpoints.ts, such as ecr.api, got 'ecr.apis'. Did you mean 'ecr.api'?",
  ],
  [
    "a misspelt region beside the one in use",
    { "profile.regions": ["eu-north-1", "eu-nrth-1"] },
    `stacks/inputs/environments/dev.ts: regions[1] must be a region with zones in components/network/zones.ts (${REGIONS_WITH_ZONES.join(", ")}), got 'eu-nrth-1'`,
  ],
  [
    "a database class that RDS does not have",
    { "profile.database.instanceClass": "db.g6.large" },
    `stacks/inputs/environments/dev.ts: database.instanceClass must be one of ${CLASSES}, got 'db.g6.large'`,
  ],
  [
    "a database that is too small",
    { "profile.database.storageGiB": 10 },
    "stacks/inputs/environments/dev.ts: database.storageGiB must be a whole number from 20 to 65536, got '10'",
  ],
  [
    "a database without backups",
    { "profile.database.backupDays": 0 },
    "stacks/inputs/environments/dev.ts: database.backupDays must be a whole number from 1 to 35, got '0'",
  ],
  [
    "days that CloudWatch does not know",
    { "profile.protection.logDays": 31 },
    `stacks/inputs/environments/dev.ts: protection.logDays must be one of ${DAYS}, got '31'`,
  ],
  [
    "keys that are forgotten at once",
    { "profile.protection.keyDeletionDays": 3 },
    "stacks/inputs/environments/dev.ts: protection.keyDeletionDays must be a whole number from 7 to 30, got '3'",
  ],
  [
    "a lock of no days",
    { "profile.protection.lockDays": 0 },
    "stacks/inputs/environments/dev.ts: protection.lockDays must be a whole number of at least 1, got '0'",
  ],
  [
    "a budget of nothing",
    { "profile.monthlyBudget": 0 },
    "stacks/inputs/environments/dev.ts: monthlyBudget must be a number of at least 1, got '0'",
  ],
])("the foundation is not built on %s", async (_, changes, sentence) => {
  expect(await refused("foundation", changes)).toEqual({ sentence, plain: true, touched: [] });
});
