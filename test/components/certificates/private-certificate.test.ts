import { describe, expect, it } from "vitest";
import { PrivateCertificate, type PrivateCertificateArgs } from "#components/certificates/private-certificate";
import { record, refusal } from "../../harness/graph.ts";
import { privateCertificate as minimal } from "../minimal.ts";
import { named } from "../named.ts";

const certificate = (args: Partial<PrivateCertificateArgs> = {}) =>
  record(() => new PrivateCertificate("tls", { ...minimal, ...args }));

describe("PrivateCertificate", () => {
  it("signs itself an authority, and with it the certificate", async () => {
    const graph = await certificate();
    expect(named(graph, "tls-authority").inputs["spec"]).toMatchObject({
      isCA: true,
      secretName: "ingress-certificate-authority",
      issuerRef: { kind: "Issuer", name: named(graph, "tls-root").inputs["metadata"].name },
    });
    expect(named(graph, "tls-issuer").inputs["spec"]).toEqual({ ca: { secretName: "ingress-certificate-authority" } });
    expect(named(graph, "tls-issued").inputs["spec"]).toMatchObject({
      secretName: "ingress-certificate",
      dnsNames: ["*.models.internal"],
      issuerRef: { kind: "Issuer", name: named(graph, "tls-issuer").inputs["metadata"].name },
    });
  });

  it("renews the certificate before it ends, and outlives it with the authority", async () => {
    const graph = await certificate();
    const hours = (role: string, field: string): number => Number.parseInt(named(graph, role).inputs["spec"][field], 10);
    expect(hours("tls-issued", "renewBefore")).toBeLessThan(hours("tls-issued", "duration"));
    expect(hours("tls-authority", "duration")).toBeGreaterThan(10 * hours("tls-issued", "duration"));
  });

  it.each<[Partial<PrivateCertificateArgs>, string]>([
    [{ dnsNames: [] }, "'dnsNames' must be a list of at least 1 entries, got '0'"],
    [
      { dnsNames: ["*.*.internal"] },
      "'dnsNames' must be a full domain name in lower case, without port or wildcard, got '*.internal'",
    ],
    [
      { secretName: "TLS" },
      "'secretName' must be lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters, got 'TLS'",
    ],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new PrivateCertificate("tls", { ...minimal, ...args }))).toBe(message);
  });
});
