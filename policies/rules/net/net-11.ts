import { patternOf } from "../../exceptions.ts";
import { unless } from "../../findings.ts";
import { only, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const ZONE = "aws:route53/zone:Zone";
const NAMESPACE = "aws:servicediscovery/publicDnsNamespace:PublicDnsNamespace";

interface Outside {
  /** Globs of the names of zones that the internet may ask. */
  public: string[];
}

const NOTHING: Outside = { public: [] };

/** Names that are never on the internet (RFC 6761, RFC 6762, RFC 8375, and `internal`, which ICANN keeps for private use). */
const INTERNAL = /(^|\.)(internal|local|localhost|lan|intranet|corp|private|home\.arpa|test|invalid)\.?$/i;

export const NET_11 = rule<Outside>({
  id: "NET-11",
  title: "Names of internal services are in private zones",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["NIST SP 800-81 4.1"],
  remediation:
    "Give the zone the networks that may ask it, `vpcs: [{ vpcId }]`. List zones of the internet in the parameter `public`.",
  types: [ZONE, NAMESPACE],
  parameters: { dev: NOTHING, staging: NOTHING, prod: NOTHING },
  elsewhere: { public: ["*"] },
  check: ({ type, inputs }, { public: outside }) => {
    if (type === ZONE && only(inputs, "vpcs") !== undefined) {
      return [];
    }
    const name = text(inputs, "name") ?? "";
    return unless(!INTERNAL.test(name) && outside.some((glob) => patternOf(glob).test(name)), {
      property: type === ZONE ? "vpcs" : "name",
      got: type === ZONE ? "nothing, which is a zone for everybody" : name,
      want: type === ZONE ? "the networks that may ask it" : "in a private namespace",
    });
  },
});
