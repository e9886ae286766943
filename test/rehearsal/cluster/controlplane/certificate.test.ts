import { createPrivateKey, X509Certificate } from "node:crypto";
import { expect, it } from "vitest";
import { KUBE_APISERVER, serverCertificate } from "#rehearsal/cluster/controlplane/certificate";

it("holds under every clock, for every name of the API server, with its own key", () => {
  const { certificate, key } = serverCertificate(KUBE_APISERVER);
  const read = new X509Certificate(certificate);
  expect([read.validFromDate.getUTCFullYear(), read.validToDate.getUTCFullYear()]).toEqual([2000, 2100]);
  expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(read.verify(read.publicKey)).toBe(true);
  expect(["localhost", "kubernetes.default.svc"].map((name) => read.checkHost(name))).toEqual([
    "localhost",
    "kubernetes.default.svc",
  ]);
  expect(["127.0.0.1", "10.96.0.1"].map((address) => read.checkIP(address))).toEqual(["127.0.0.1", "10.96.0.1"]);
  expect(read.checkHost("example.com")).toBeUndefined();
});
