import { expectOk } from "#toolchain/oci/http";
import type { Repository } from "#toolchain/oci/repository";
import { type ImageManifest, readManifest } from "./image-manifest.ts";

/** What cosign appends to a digest for a tag: signatures, attestations and lists of components. */
const COSIGN = [".sig", ".att", ".sbom"];

/** Asks as often as its caller wants to. */
type Again = <T>(task: () => Promise<T>) => Promise<T>;

/** A manifest that belongs to another one. */
export interface Attachment {
  manifest: ImageManifest;
  /** Tag by which it is found. @default - its subject */
  tag?: string;
}

/**
 * What is attached to a manifest: by cosign's tags, by the list of referrers, or by the index that stands in for the list where a
 * registry keeps none (OCI Distribution Specification, "Listing Referrers").
 */
export async function attachmentsOf(repository: Repository, digest: string, again: Again): Promise<Attachment[]> {
  const found: Attachment[] = [];
  for (const end of COSIGN) {
    const tag = `${referrersTag(digest)}${end}`;
    const manifest = await again(() => readManifest(repository, tag));
    if (manifest) {
      found.push({ manifest, tag });
    }
  }
  for (const each of await again(() => referrersOf(repository, digest))) {
    const manifest = await again(() => readManifest(repository, each));
    if (manifest) {
      found.push({ manifest });
    }
  }
  return found;
}

/** Tag of the index that stands in for a list of referrers. */
export const referrersTag = (digest: string): string => digest.replace(":", "-");

/** Digests of the referrers of a manifest. */
async function referrersOf(repository: Repository, digest: string): Promise<string[]> {
  const digests: string[] = [];
  let next: string | undefined = `/referrers/${digest}`;
  while (next !== undefined) {
    const answer = await repository.ask(next, { headers: { accept: "application/vnd.oci.image.index.v1+json" } });
    // Registries of before answer in various ways that they do not know the question.
    if ([400, 404, 405].includes(answer.status)) {
      await answer.body?.cancel();
      return (await readManifest(repository, referrersTag(digest)))?.manifests.map((each) => each.digest) ?? [];
    }
    await expectOk(answer, `${repository.url}, asked what belongs to ${digest},`);
    const { manifests = [] } = (await answer.json()) as { manifests?: { digest: string }[] };
    digests.push(...manifests.map((each) => each.digest).filter((each) => /^sha256:[0-9a-f]{64}$/.test(each)));
    const [, link] = /<([^>]+)>;\s*rel="?next"?/.exec(answer.headers.get("link") ?? "") ?? [];
    const url: URL | undefined = link === undefined ? undefined : new URL(link, answer.url);
    next = url?.host === repository.host ? url.href : undefined;
  }
  return digests;
}
