import { generateKeyPairSync } from "node:crypto";
import forge from "node-forge";
import { NETWORK } from "../isolation/addresses.ts";

/** Any day on which somebody may rehearse. The API server would sign a certificate for a year, which a client with another clock refuses. */
const NOT_BEFORE = new Date("2000-01-01T00:00:00Z");
const NOT_AFTER = new Date("2100-01-01T00:00:00Z");

/** Names and addresses under which clients reach the API server. */
const NAMES = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];
const ADDRESSES = ["127.0.0.1", "10.96.0.1", NETWORK.node];

/** Types of a subject's alternative names (RFC 5280, 4.2.1.6). */
const [DNS_NAME, IP_ADDRESS] = [2, 7];

/** A key and a certificate for the API server, PEM. The certificate is signed with its own key: clients trust exactly this one. */
export function serverCertificate(): { key: string; certificate: string } {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const signer = forge.pki.privateKeyFromPem(key);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(signer.n, signer.e);
  certificate.serialNumber = "01";
  certificate.validity.notBefore = NOT_BEFORE;
  certificate.validity.notAfter = NOT_AFTER;
  const name = [{ name: "commonName", value: "kube-apiserver" }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: "basicConstraints", cA: true },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, keyCertSign: true },
    { name: "extKeyUsage", serverAuth: true },
    {
      name: "subjectAltName",
      altNames: [...NAMES.map((value) => ({ type: DNS_NAME, value })), ...ADDRESSES.map((ip) => ({ type: IP_ADDRESS, ip }))],
    },
  ]);
  certificate.sign(signer, forge.md.sha256.create());
  return { key, certificate: forge.pki.certificateToPem(certificate) };
}
