import type { S3ClientConfig } from "@aws-sdk/client-s3";
import type { Files } from "./files.ts";

/** Parts of an address as `pulumi login` takes it: `s3://bucket/prefix?region=eu-west-1&profile=ada`. */
function partsOf(url: string): { bucket: string; prefix: string; config: S3ClientConfig } {
  const { hostname: bucket, pathname, searchParams } = new URL(url);
  const given = (key: string): string | undefined => searchParams.get(key) ?? undefined;
  const [region, profile, endpoint] = [given("region"), given("profile"), given("endpoint")];
  const pathStyle = given("s3ForcePathStyle") ?? given("use_path_style") ?? given("hostname_immutable");
  const folder = decodeURIComponent(pathname).replace(/^\/+|\/+$/g, "");
  return {
    bucket,
    prefix: folder === "" ? "" : `${folder}/`,
    config: {
      ...(region !== undefined && { region }),
      ...(profile !== undefined && { profile }),
      ...(endpoint !== undefined && { endpoint: /^https?:/.test(endpoint) ? endpoint : `https://${endpoint}` }),
      ...(pathStyle === "true" && { forcePathStyle: true }),
    },
  };
}

/** The objects of an S3 bucket. Where it is versioned, it keeps what a file said before. */
export function bucketFiles(url: string): Files {
  const { bucket: Bucket, prefix, config } = partsOf(url);
  const at = (path: string): { Bucket: string; Key: string } => ({ Bucket, Key: prefix + path });
  // Loaded when it is needed: most commands ask no bucket.
  const loaded = async () => {
    const sdk = await import("@aws-sdk/client-s3");
    return { sdk, client: new sdk.S3Client(config) };
  };
  let opened: ReturnType<typeof loaded> | undefined;
  const open = () => (opened ??= loaded());

  async function read(path: string, VersionId?: string): Promise<Buffer | undefined> {
    const { sdk, client } = await open();
    try {
      const { Body } = await client.send(new sdk.GetObjectCommand({ ...at(path), ...(VersionId && { VersionId }) }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    } catch (error) {
      if (error instanceof sdk.NoSuchKey) {
        return undefined;
      }
      throw error;
    }
  }

  return {
    shared: true,
    read: (path) => read(path),
    list: async (folder) => {
      const { sdk, client } = await open();
      const input = { Bucket, Prefix: `${prefix}${folder}/`, Delimiter: "/" };
      return pages(async (token) => {
        const page = await client.send(new sdk.ListObjectsV2Command({ ...input, ...(token && { ContinuationToken: token }) }));
        const paths = (page.Contents ?? []).map(({ Key = "" }) => Key.slice(prefix.length));
        return { items: paths, next: page.NextContinuationToken };
      });
    },
    write: async (path, content) => {
      const { sdk, client } = await open();
      await client.send(new sdk.PutObjectCommand({ ...at(path), Body: content }));
    },
    remove: async (path) => {
      const { sdk, client } = await open();
      await client.send(new sdk.DeleteObjectCommand(at(path)));
    },
    versions: async (path) => {
      const { sdk, client } = await open();
      const { Key } = at(path);
      // S3 tells them newest first; another key may begin with this one.
      const asked = client.send(new sdk.ListObjectVersionsCommand({ Bucket, Prefix: Key }));
      const { Versions = [] } = await asked.catch((error: Error) => {
        // The roles of CI may not see versions: they have the copies that Pulumi keeps.
        if (error.name === "AccessDenied") {
          return { Versions: [] };
        }
        throw error;
      });
      return Versions.filter((version) => version.Key === Key && version.VersionId !== undefined).map(
        ({ VersionId, LastModified }) => ({
          name: `version ${VersionId} of ${LastModified?.toISOString() ?? "unknown time"}`,
          read: () => read(path, VersionId),
        }),
      );
    },
  };
}

/** Every item of an answer that comes in pages. */
async function pages<T>(ask: (token?: string) => Promise<{ items: T[]; next: string | undefined }>): Promise<T[]> {
  const all: T[] = [];
  let next: string | undefined;
  do {
    const page = await ask(next);
    all.push(...page.items);
    ({ next } = page);
  } while (next !== undefined);
  return all;
}
