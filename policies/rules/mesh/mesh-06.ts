import { type Finding, together, unless } from "../../findings.ts";
import { secondsOf } from "../../kubernetes/duration.ts";
import { flag, isSet, numberOr, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const DAY = 86_400;

/** A certificate of the web is valid for 398 days at most (CA/Browser Forum, Baseline Requirements 6.3.2). */
const LONGEST_DAYS = 398;

/** Fewest bits of a key, by its kind (NIST SP 800-57, "Comparable Security Strengths"). An Ed25519 key has one size. */
const FEWEST_BITS: Record<string, number> = { RSA: 2048, ECDSA: 256 };

/** `authorities`: names of the certificates that may sign others. */
const ROOT = { authorities: ["ingress-certificate-authority"] };

export const MESH_06 = rule({
  id: "MESH-06",
  title: "Certificates are short-lived, have a strong key of their own each time, and sign no others",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["NIST SP 800-57"],
  remediation: `Set \`duration\` to ${LONGEST_DAYS} days or less and \`privateKey.rotationPolicy: Always\`, and use an ECDSA key of 256 bits or an RSA key of 2048. List an authority in the parameter \`authorities\`.`,
  parameters: { dev: ROOT, staging: ROOT, prod: ROOT },
  types: ["kubernetes:cert-manager.io/v1:Certificate"],
  check: ({ inputs }, { authorities }): Finding[] => {
    const isAuthority = authorities.includes(text(inputs, "metadata", "name") ?? "");
    return together(
      () => {
        const got = text(inputs, "spec", "duration");
        // cert-manager's default is 90 days.
        const holds = isAuthority || got === undefined || secondsOf(got) <= LONGEST_DAYS * DAY;
        return unless(holds, { property: "spec.duration", got: got ?? "", want: `at most ${LONGEST_DAYS * 24}h` });
      },
      () => {
        // cert-manager makes a new key each time since 1.18.
        const got = text(inputs, "spec", "privateKey", "rotationPolicy") ?? "Always";
        return unless(got === "Always", { property: "spec.privateKey.rotationPolicy", got, want: "Always" });
      },
      () => {
        const kind = text(inputs, "spec", "privateKey", "algorithm") ?? "RSA";
        const fewest = FEWEST_BITS[kind] ?? 0;
        const bits = numberOr(fewest, inputs, "spec", "privateKey", "size");
        return unless(bits >= fewest, { property: "spec.privateKey.size", got: String(bits), want: `at least ${fewest}` });
      },
      () => {
        const signs = isSet(inputs, "spec", "isCA") && flag(inputs, "spec", "isCA") !== false;
        return unless(isAuthority || !signs, {
          property: "spec.isCA",
          got: "true",
          want: "false, unless it is a listed authority",
        });
      },
    );
  },
});
