import { encryptionOf } from "../../aws/buckets.ts";
import { accountIn, knownAccounts, NOBODY_ELSE } from "../../aws/outsiders.ts";
import { type Fault, unless } from "../../findings.ts";
import { flag, isSet, shown, text } from "../../read.ts";
import { type Resource, whenKnown } from "../../resource.ts";

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
  const foreign = strangeKey(resource, whenKnown(() => text(byDefault, "kmsMasterKeyId")) ?? "");
  if (foreign !== undefined) {
    return [{ resource, property: `${property}.kmsMasterKeyId`, ...foreign }];
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

/** The key of AWS for S3, which no policy limits, and keys whose account may take them away. */
function strangeKey(resource: Resource, key: string): { got: string; want: string } | undefined {
  const want = "a customer managed key of your own account";
  const known = knownAccounts(resource, NOBODY_ELSE);
  const account = accountIn(key);
  const isStrange = /(^|:)alias\/aws\//.test(key) || (account !== undefined && known.length > 0 && !known.includes(account));
  return isStrange ? { got: key, want } : undefined;
}
