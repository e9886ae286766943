import { describe, expect, it } from "vitest";
import { RdsBackups } from "#promotion/drill/rds";
import type { Ask, AwsRefusal } from "#toolchain/aws-cli";

const AT = new Date("2026-12-01T05:00:01Z");

const INSTANCE = {
  DBInstanceStatus: "available",
  Endpoint: { Address: "db.example", Port: 5432 },
  LatestRestorableTime: "2026-12-01T04:58:00+00:00",
  CACertificateIdentifier: "rds-ca-rsa2048-g1",
  DBSubnetGroup: { DBSubnetGroupName: "subnets" },
  DBParameterGroups: [{ DBParameterGroupName: "parameters" }],
  VpcSecurityGroups: [{ VpcSecurityGroupId: "sg-1", Status: "active" }],
};

/** An account in which time passes with each look. */
class World {
  readonly asked: string[] = [];
  readonly refuse: Record<string, AwsRefusal> = {};
  readonly #instances: Record<string, object[]> = {
    db: [INSTANCE, INSTANCE, { ...INSTANCE, LatestRestorableTime: "2026-12-01T05:03:00+00:00" }],
  };

  constructor(instances: Record<string, object[]> = {}) {
    Object.assign(this.#instances, instances);
  }

  readonly ask: Ask = async (_, operation = "", ...words) => {
    this.asked.push([operation, ...words].join(" "));
    const refused = this.refuse[operation];
    if (refused !== undefined) {
      return { refused };
    }
    if (operation === "restore-db-instance-to-point-in-time") {
      const { Endpoint: _endpoint, ...creating } = { ...INSTANCE, DBInstanceStatus: "creating" };
      this.#instances["db-drill"] = [creating, { ...INSTANCE, Endpoint: { Address: "drill.example" } }];
      return { value: {} };
    }
    const states = this.#instances[words[1]!];
    if (states === undefined) {
      return { refused: { code: "DBInstanceNotFound", said: "no" } };
    }
    return { value: { DBInstances: [states.length > 1 ? states.shift() : states[0]] } };
  };

  open(signal = new AbortController().signal): Promise<RdsBackups> {
    return RdsBackups.of({ identifier: "db", ask: this.ask, signal, pause: async () => undefined });
  }

  get changes(): string[] {
    return this.asked.filter((words) => !words.startsWith("describe"));
  }
}

const DELETED = "delete-db-instance --db-instance-identifier db-drill --skip-final-snapshot --delete-automated-backups";

describe("a restore on RDS", () => {
  it("waits for the log, restores beside the first instance, where nobody else reaches it, and deletes that alone", async () => {
    const world = new World();
    const backups = await world.open();
    expect(backups.host).toBe("db.example");
    expect(await backups.restore(AT)).toBe("drill.example");
    await backups.remove();
    const looks = world.asked.slice(0, world.asked.indexOf(world.changes[0]!)).filter((words) => words.endsWith("identifier db"));
    expect(looks).toHaveLength(3);
    expect(world.changes).toEqual([
      "restore-db-instance-to-point-in-time --source-db-instance-identifier db --target-db-instance-identifier db-drill" +
        " --restore-time 2026-12-01T05:00:01.000Z --db-subnet-group-name subnets --db-parameter-group-name parameters" +
        " --vpc-security-group-ids sg-1 --ca-certificate-identifier rds-ca-rsa2048-g1" +
        " --tags Key=millrace:drill,Value=true --no-publicly-accessible --no-multi-az --no-deletion-protection",
      DELETED,
    ]);
  });

  it("deletes nothing that it has not restored", async () => {
    const world = new World();
    await (await world.open()).remove();
    expect(world.changes).toEqual([]);
  });

  it("does not begin where an earlier drill has left its instance", async () => {
    const world = new World({ "db-drill": [INSTANCE] });
    await expect(world.open()).rejects.toThrow(
      `db-drill is there already: another drill is under way, or was killed. Where nobody is at it: aws rds ${DELETED}`,
    );
    expect(world.changes).toEqual([]);
  });

  it("is over when somebody interrupts it, and what was restored is deleted", async () => {
    const world = new World();
    const interruption = new AbortController();
    const backups = await world.open(interruption.signal);
    const restoring = backups.restore(AT);
    while (world.changes.length === 0) {
      await Promise.resolve();
    }
    interruption.abort(new Error("interrupted"));
    await expect(restoring).rejects.toThrow("interrupted");
    await backups.remove();
    expect(world.changes.at(-1)).toBe(DELETED);
  });

  it("names the command where it cannot delete", async () => {
    const world = new World();
    const backups = await world.open();
    await backups.restore(AT);
    world.refuse["delete-db-instance"] = { code: "AccessDenied", said: "not allowed" };
    await expect(backups.remove()).rejects.toThrow(/^db-drill is left: .*not allowed.* Delete it: aws rds delete-db-instance /);
  });

  it.each<[string, AwsRefusal, string]>([
    ["without credentials", { code: "", said: "Unable to locate credentials" }, "There are no AWS credentials that work."],
    [
      "without a right",
      { code: "AccessDenied", said: "not allowed" },
      "AWS refused 'aws rds describe-db-instances': not allowed.",
    ],
    [
      "of a database that is not there",
      { code: "DBInstanceNotFound", said: "no" },
      "There is no database db in this account and region.",
    ],
  ])("%s says so", async (_, refused, message) => {
    const world = new World();
    world.refuse["describe-db-instances"] = refused;
    await expect(world.open()).rejects.toThrow(message);
  });

  it("takes no answer for another", async () => {
    await expect(new World({ db: [{ ...INSTANCE, VpcSecurityGroups: [] }] }).open()).rejects.toThrow(
      "'aws rds describe-db-instances' answered without 'DBInstances.0.VpcSecurityGroups' as AWS documents it.",
    );
  });
});
