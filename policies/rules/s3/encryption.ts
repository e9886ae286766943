import { encryptionOf } from "../../aws/buckets.ts";
import { OWN_KEY, strangeKey } from "../../aws/keys.ts";
import { type Fault, unless } from "../../findings.ts";
import { flag, isSet, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";

/** Faults in the encryption of a bucket: no customer managed key, or no bucket key, which makes it expensive. */
export function weakEncryption(resources: readonly Resource[], bucket: Resource): Fault[] {
  const found = encryptionOf(resources, bucket);
  if (!found) {
    return [
      {
        resource: bucket,
        property: "serverSideEncryptionConfiguration",
        got: "nothing",
        want: "aws:kms with a customer managed key",
      },
    ];
  }
  const { rule: encryption, byDefault, resource, path } = found;
  const property = `${path}.applyServerSideEncryptionByDefault`;
  const algorithm = text(byDefault, "sseAlgorithm") ?? "nothing";
  if (!algorithm.startsWith("aws:kms")) {
    return [{ resource, property: `${property}.sseAlgorithm`, got: algorithm, want: "aws:kms" }];
  }
  if (!isSet(byDefault, "kmsMasterKeyId")) {
    return [{ resource, property: `${property}.kmsMasterKeyId`, got: "nothing", want: "a customer managed key" }];
  }
  const strange = strangeKey(resource, byDefault, "kmsMasterKeyId");
  if (strange !== undefined) {
    return [{ resource, property: `${property}.kmsMasterKeyId`, got: strange, want: OWN_KEY }];
  }
  // Dual-layer encryption has no bucket key.
  return algorithm === "aws:kms"
    ? unless(flag(encryption, "bucketKeyEnabled") === true, {
        resource,
        property: `${path}.bucketKeyEnabled`,
        got: shown(encryption["bucketKeyEnabled"]),
        want: "true",
      })
    : [];
}
