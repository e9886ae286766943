import { generateKeyPairSync } from "node:crypto";
import forge from "node-forge";
import { NETWORK } from "../isolation/addresses.ts";

/** Any day on which somebody may rehearse. The API server would sign a certificate for a year, which a client with another clock refuses. */
const NOT_BEFORE = new Date("2000-01-01T00:00:00Z");
const NOT_AFTER = new Date("2100-01-01T00:00:00Z");

/** Whose certificate it is. */
export interface Server {
  /** What it calls itself. */
  name: string;
  /** Names under which clients reach it. */
  names: readonly string[];
  /** Addresses under which clients reach it. @default - none */
  addresses?: readonly string[];
}

/** The API server, as its clients know it. */
export const KUBE_APISERVER: Server = {
  name: "kube-apiserver",
  names: ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"],
  addresses: ["127.0.0.1", "10.96.0.1", NETWORK.node],
};

/** Types of a subject's alternative names (RFC 5280, 4.2.1.6). */
const [DNS_NAME, IP_ADDRESS] = [2, 7];

/** A key and a certificate for a server, PEM. The certificate is signed with its own key: clients trust exactly this one. */
export function serverCertificate({ name: own, names, addresses = [] }: Server): { key: string; certificate: string } {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const signer = forge.pki.privateKeyFromPem(key);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(signer.n, signer.e);
  certificate.serialNumber = "01";
  certificate.validity.notBefore = NOT_BEFORE;
  certificate.validity.notAfter = NOT_AFTER;
  const name = [{ name: "commonName", value: own }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: "basicConstraints", cA: true },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, keyCertSign: true },
    { name: "extKeyUsage", serverAuth: true, clientAuth: true },
    {
      name: "subjectAltName",
      altNames: [...names.map((value) => ({ type: DNS_NAME, value })), ...addresses.map((ip) => ({ type: IP_ADDRESS, ip }))],
    },
  ]);
  certificate.sign(signer, forge.md.sha256.create());
  return { key, certificate: forge.pki.certificateToPem(certificate) };
}
