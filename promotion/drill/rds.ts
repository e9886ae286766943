// Backups of a database on RDS: it is restored to a second instance beside the first one, which nothing uses.

import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { type Ask, lacksCredentials } from "#toolchain/aws-cli";
import { MachineError } from "#toolchain/errors";
import type { Backups } from "./drill.ts";

const instances = z.object({
  DBInstances: z.tuple([
    z.object({
      DBInstanceStatus: z.string(),
      Endpoint: z.object({ Address: z.string() }).optional(),
      LatestRestorableTime: z.iso
        .datetime({ offset: true })
        .transform((text) => new Date(text))
        .optional(),
      CACertificateIdentifier: z.string(),
      DBSubnetGroup: z.object({ DBSubnetGroupName: z.string() }),
      DBParameterGroups: z.tuple([z.object({ DBParameterGroupName: z.string() })]),
      VpcSecurityGroups: z.array(z.object({ VpcSecurityGroupId: z.string() })).min(1),
    }),
  ]),
});

type Instance = z.infer<typeof instances>["DBInstances"][0];

/** Seconds between two looks. */
const INTERVAL = 15;

/** Hours after which an instance that does not become available is given up: a restore of some terabytes takes less. */
const PATIENCE_HOURS = 4;

export interface RdsOptions {
  /** Identifier of the instance that is restored. */
  identifier: string;
  /** What asks AWS in its region. */
  ask: Ask;
  /** Ends the waiting. */
  signal: AbortSignal;
  /** Waits between two looks. @default - 15 s */
  pause?: () => Promise<unknown>;
}

/** What RDS keeps of an instance. It restores to `<identifier>-drill`, in the same subnets, behind the same security groups, and not public. */
export class RdsBackups implements Backups {
  readonly #options: RdsOptions;
  readonly #source: Instance;
  readonly #drill: string;
  #restoring = false;

  private constructor(options: RdsOptions, source: Instance) {
    this.#options = options;
    this.#source = source;
    this.#drill = drillOf(options.identifier);
  }

  /** @throws {MachineError} when there is no such instance, an earlier drill has left its own, or AWS does not answer. */
  static async of(options: RdsOptions): Promise<RdsBackups> {
    const { identifier } = options;
    const [source, left] = [await instance(options, identifier), await instance(options, drillOf(identifier))];
    if (source === undefined) {
      throw new MachineError(`There is no database ${identifier} in this account and region.`, "Set AWS_PROFILE.");
    }
    if (left !== undefined) {
      throw new MachineError(
        `${drillOf(identifier)} is there already: another drill is under way, or was killed.`,
        `Where nobody is at it: ${deletionOf(identifier)}`,
      );
    }
    return new RdsBackups(options, source);
  }

  /** Host of the instance that is restored. */
  get host(): string {
    return this.#source.Endpoint?.Address ?? "";
  }

  async restore(at: Date): Promise<string> {
    const { identifier, signal } = this.#options;
    // RDS saves its log every five minutes.
    await this.#until(identifier, ({ LatestRestorableTime: latest }) => latest !== undefined && latest >= at);
    const { CACertificateIdentifier, DBParameterGroups, DBSubnetGroup, VpcSecurityGroups } = this.#source;
    signal.throwIfAborted();
    this.#restoring = true;
    const values = {
      "--source-db-instance-identifier": [identifier],
      "--target-db-instance-identifier": [this.#drill],
      "--restore-time": [at.toISOString()],
      "--db-subnet-group-name": [DBSubnetGroup.DBSubnetGroupName],
      "--db-parameter-group-name": [DBParameterGroups[0].DBParameterGroupName],
      "--vpc-security-group-ids": VpcSecurityGroups.map((group) => group.VpcSecurityGroupId),
      "--ca-certificate-identifier": [CACertificateIdentifier],
      "--tags": ["Key=millrace:drill,Value=true"],
    };
    const flags = ["--no-publicly-accessible", "--no-multi-az", "--no-deletion-protection"];
    const words = [...Object.entries(values).flat(2), ...flags];
    await answered(this.#options, z.unknown(), ["restore-db-instance-to-point-in-time", ...words]);
    const { Endpoint } = await this.#until(
      this.#drill,
      ({ DBInstanceStatus, Endpoint: endpoint }) => DBInstanceStatus === "available" && endpoint !== undefined,
    );
    return Endpoint!.Address;
  }

  async remove(): Promise<void> {
    if (!this.#restoring) {
      return;
    }
    const { identifier } = this.#options;
    try {
      // An instance that is being made cannot be deleted; the interruption that ended the drill does not end this.
      while ((await instance(this.#options, this.#drill))?.DBInstanceStatus === "creating") {
        await this.#pause();
      }
      await answered(this.#options, z.unknown(), ["delete-db-instance", "--db-instance-identifier", this.#drill, ...DELETION]);
    } catch (error) {
      throw new MachineError(`${this.#drill} is left: ${(error as Error).message}`, `Delete it: ${deletionOf(identifier)}`);
    }
  }

  async #until(identifier: string, holds: (now: Instance) => boolean): Promise<Instance> {
    for (const deadline = Date.now() + PATIENCE_HOURS * 3_600_000; ; await this.#pause()) {
      this.#options.signal.throwIfAborted();
      const now = await instance(this.#options, identifier);
      if (now !== undefined && holds(now)) {
        return now;
      }
      if (Date.now() > deadline) {
        throw new MachineError(
          `${identifier} is '${now?.DBInstanceStatus ?? "gone"}' after ${PATIENCE_HOURS} h.`,
          "Look at it in the console of RDS.",
        );
      }
    }
  }

  #pause(): Promise<unknown> {
    return (this.#options.pause ?? (() => sleep(INTERVAL * 1_000)))();
  }
}

const drillOf = (identifier: string): string => `${identifier}-drill`;

/** Nothing of it is kept. */
const DELETION = ["--skip-final-snapshot", "--delete-automated-backups"];

const deletionOf = (identifier: string): string =>
  `aws rds delete-db-instance --db-instance-identifier ${drillOf(identifier)} ${DELETION.join(" ")}`;

/** An instance; `undefined` where there is none. */
async function instance(options: RdsOptions, identifier: string): Promise<Instance | undefined> {
  const found = await answered(options, instances, ["describe-db-instances", "--db-instance-identifier", identifier]);
  return found?.DBInstances[0];
}

async function answered<T>({ ask }: RdsOptions, form: z.ZodType<T>, words: readonly string[]): Promise<T | undefined> {
  const { value, refused } = await ask("rds", ...words);
  if (refused?.code === "DBInstanceNotFound") {
    return undefined;
  }
  if (refused !== undefined) {
    throw lacksCredentials(refused)
      ? new MachineError("There are no AWS credentials that work.", "Sign in with `aws sso login`, or set AWS_PROFILE.")
      : new MachineError(
          `AWS refused 'aws rds ${words[0]}': ${refused.said}.`,
          "Ask with a role that may: docs/guides/tracking.md.",
        );
  }
  const read = form.safeParse(value);
  if (!read.success) {
    const at = read.error.issues[0]?.path.join(".");
    throw new MachineError(`'aws rds ${words[0]}' answered without '${at}' as AWS documents it.`, "Look at what it says.");
  }
  return read.data;
}
