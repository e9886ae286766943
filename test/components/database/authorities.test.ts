import { X509Certificate } from "node:crypto";
import { expect, it } from "vitest";
import { certificateAuthorityOf } from "#components/database/authorities";
import { profiles } from "#stacks/inputs/environments/index";

const REGIONS = [...new Set(Object.values(profiles).flatMap(({ regions }) => regions))];

it.each(REGIONS)("the databases of %s are signed by a root of AWS that signs others, and is valid for ten years", (region) => {
  const root = new X509Certificate(certificateAuthorityOf(region)!);
  expect(root.subject).toContain(`CN=Amazon RDS ${region} Root CA RSA2048 G1`);
  expect(root.subject).toContain("O=Amazon Web Services\\, Inc.");
  expect(root.ca).toBe(true);
  expect(root.verify(root.publicKey)).toBe(true);
  expect(new Date(root.validTo).getUTCFullYear()).toBe(2061);
});

it("a region without a certificate is unknown", () => {
  expect(certificateAuthorityOf("eu-nowhere-1")).toBeUndefined();
});

// SHA-256 of the DER form, as openssl prints it.
it("the root of eu-west-1 has not been changed", () => {
  expect(new X509Certificate(certificateAuthorityOf("eu-west-1")!).fingerprint256).toBe(
    "6F:7E:01:B6:2A:F2:40:58:41:71:30:B2:1E:5F:B9:AD:9F:29:B2:9C:77:5C:51:07:B6:57:41:90:10:97:58:86",
  );
});
