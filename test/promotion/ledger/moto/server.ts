import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { defaultCache } from "#toolchain/cache";

/** An S3 on this machine: moto's, which keeps to `If-None-Match`, versions and delete markers. It lacks object lock by default retention. */
export interface Moto {
  endpoint: string;
  client: S3Client;
  /** Makes a bucket with versions. @returns the address of a ledger in it */
  ledger(bucket: string): Promise<string>;
  stop(): void;
}

/** What a client signs with: moto takes anything. */
export const CREDENTIALS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };

/** Starts it, installed beside the rehearsal's tools when it is not there yet. */
export async function startMoto(): Promise<Moto> {
  const server = spawn(join(install(), "bin", "python"), [join(import.meta.dirname, "serve.py")], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const endpoint = await new Promise<string>((resolve, reject) => {
    server.once("exit", (code) => reject(new Error(`moto ended with ${code}`)));
    createInterface(server.stdout).once("line", resolve);
  });
  const credentials = { accessKeyId: CREDENTIALS.AWS_ACCESS_KEY_ID, secretAccessKey: CREDENTIALS.AWS_SECRET_ACCESS_KEY };
  const client = new S3Client({ region: "eu-west-1", endpoint, forcePathStyle: true, credentials });
  return {
    endpoint,
    client,
    async ledger(Bucket) {
      await client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "eu-west-1" } }));
      await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
      return `s3://${Bucket}/base?region=eu-west-1&endpoint=${encodeURIComponent(endpoint)}`;
    },
    stop: () => {
      client.destroy();
      server.kill();
    },
  };
}

/** A Python environment of its own with the pinned packages, whose checksums pip compares. */
function install(): string {
  const requirements = join(import.meta.dirname, "requirements.txt");
  const digest = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const folder = join(defaultCache(), `moto-${digest}`);
  if (!existsSync(folder)) {
    const draft = `${folder}.${process.pid}`;
    rmSync(draft, { recursive: true, force: true });
    execFileSync("python3", ["-m", "venv", draft]);
    const flags = ["--quiet", "--require-hashes", "--only-binary=:all:", "-r", requirements];
    execFileSync(join(draft, "bin", "python"), ["-m", "pip", "install", ...flags], { stdio: "inherit" });
    renameSync(draft, folder);
  }
  return folder;
}
