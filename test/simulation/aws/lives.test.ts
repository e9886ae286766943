import { describe, expect, it } from "vitest";
import type { Bag } from "#engine/values";
import type { Recorded } from "#plan/record";
import { aws } from "#rehearsal/plugins/providers/aws/provider";
import { Account, type Names } from "#simulation/aws/account";
import { hex } from "#simulation/aws/place";
import { LAYERS } from "#stacks/contracts";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { stackOf } from "../../harness/stacks.ts";

const now = { preview: false };

/** A resource that is up. */
interface Up {
  type: string;
  name: string;
  urn: string;
  outputs: Bag;
}

type Change = (resources: Recorded[], layer: string) => Recorded[];
const asItIs: Change = (resources) => resources;

/** Names that the random package draws: anew in each life. */
function drawnIn(life: number, resources: readonly Recorded[], inputs: Bag): Bag {
  const names = resources.filter(({ type }) => type === "random:index/randomId:RandomId").map(({ name }) => name);
  const text = names.reduce((json, name) => json.replaceAll(hex(name, 8), hex(`${life} ${name}`, 8)), JSON.stringify(inputs));
  return JSON.parse(text) as Bag;
}

/** Brings an environment up and destroys it, again and again, layer by layer as a person does. */
async function live(environment: EnvironmentName, lives: number, change: Change = asItIs, names: Names = {}): Promise<Names> {
  for (let life = 1; life <= lives; life++) {
    const layers: Up[][] = [];
    for (const layer of LAYERS) {
      const { resources } = await stackOf(layer, environment);
      layers.push(await up(life, change(structuredClone(resources), layer), names));
    }
    for (const layer of layers.reverse()) {
      const provider = aws({ account: "111111111111", region: "eu-west-1" }, new Account(names));
      for (const { outputs, ...subject } of layer.reverse()) {
        // Somebody has lifted the protection, as docs/guides/destroy.md says.
        await provider.delete?.(subject, {
          id: subject.name,
          outputs: { ...outputs, deletionProtection: false, enableDeletionProtection: false },
        });
      }
    }
  }
  return names;
}

async function up(life: number, resources: Recorded[], names: Names): Promise<Up[]> {
  const provider = aws({ account: "111111111111", region: "eu-west-1" }, new Account(names));
  const made: Up[] = [];
  for (const { type, name, inputs } of resources.filter(({ type }) => type.startsWith("aws:"))) {
    const subject = { type, name, urn: `urn:${life}::${type}::${name}` };
    const drawn = drawnIn(life, resources, inputs);
    const checked = await provider.check?.(subject, drawn, {}, new Uint8Array());
    const { outputs } = await provider.create(subject, checked?.inputs ?? drawn, now);
    made.push({ ...subject, outputs });
  }
  return made;
}

const leftBehind = (names: Names): string[] =>
  Object.entries(names).flatMap(([kind, owners]) => Object.keys(owners).map((name) => `${kind} ${name}`));

describe("an environment that is destroyed", () => {
  it("comes up again, twice, and leaves no name in dev", async () => {
    expect(leftBehind(await live("dev", 3))).toEqual([]);
  });

  it.each(["staging", "prod"] as const)("comes up again, twice, and leaves a snapshot a life in %s", async (environment) => {
    const left = leftBehind(await live(environment, 3));
    expect(left).toHaveLength(3);
    expect(
      left.filter((name) => !new RegExp(`^snapshot millrace-${environment}-tracking-final-[0-9a-f]{8}$`).test(name)),
    ).toEqual([]);
  });

  it.each<[what: string, environment: EnvironmentName, change: Change, said: string]>([
    [
      "whose last snapshot has always one name",
      "prod",
      (resources) => {
        for (const { inputs } of resources.filter(({ type }) => type === "aws:rds/instance:Instance")) {
          inputs["finalSnapshotIdentifier"] = "millrace-prod-tracking-final";
        }
        return resources;
      },
      "DBSnapshotAlreadyExists: cannot create the final snapshot of millrace-prod-tracking because a snapshot with the identifier millrace-prod-tracking-final exists",
    ],
    [
      "whose cluster goes together with its log group",
      "dev",
      (resources, layer) => {
        const isGroup = ({ inputs }: Recorded) => String(inputs["name"]).startsWith("/aws/eks/");
        const group = {
          type: "aws:cloudwatch/logGroup:LogGroup",
          name: "logs",
          inputs: { name: "/aws/eks/millrace-dev/cluster" },
        };
        return layer === "platform" ? [group as unknown as Recorded, ...resources] : resources.filter((each) => !isGroup(each));
      },
      "ResourceAlreadyExistsException: '/aws/eks/millrace-dev/cluster' already exists: the control plane of millrace-dev wrote to it while it was being deleted",
    ],
    [
      "with a secret of a fixed name that waits for its deletion",
      "dev",
      (resources, layer) => {
        const secret = { type: "aws:secretsmanager/secret:Secret", name: "token", inputs: { name: "millrace-dev/token" } };
        return layer === "foundation" ? [...resources, secret as unknown as Recorded] : resources;
      },
      "ResourceExistsException: 'millrace-dev/token' already exists: a secret of this name is scheduled for deletion, for 30 days",
    ],
  ])("does not come up again %s", async (_, environment, change, said) => {
    await expect(live(environment, 3, change)).rejects.toThrow(said);
  });

  it("does not come up where the account has one of its names", async () => {
    const url = "https://token.actions.githubusercontent.com";
    const names: Names = { "aws:iam/openIdConnectProvider:OpenIdConnectProvider": { [url]: { urn: "urn:other::github" } } };
    await expect(live("dev", 1, asItIs, names)).rejects.toThrow(
      `EntityAlreadyExists: '${url}' already exists: github has this name`,
    );
  });
});
