import { isPublic } from "../../aws/networks.ts";
import { VPC } from "../../aws/types.ts";
import { isListed } from "../../exceptions.ts";
import { type Fault, type Finding, together, unless } from "../../findings.ts";
import { bags, flag, only, shown, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";

const ZONE = "aws:route53/zone:Zone";
const NAMESPACE = "aws:servicediscovery/publicDnsNamespace:PublicDnsNamespace";
const OPTIONS = "aws:ec2/vpcDhcpOptions:VpcDhcpOptions";
const FORWARDING = "aws:route53/resolverRule:ResolverRule";

interface Outside {
  /** Globs of the names of zones that the internet may ask. */
  public: string[];
  /** Globs of the addresses on the internet that may answer names and tell the time. */
  servers: string[];
}

const NOTHING: Outside = { public: [], servers: [] };

/** Names that are never on the internet (RFC 6761, RFC 6762, RFC 8375, and `internal`, which ICANN keeps for private use). */
const INTERNAL = /(^|\.)(internal|local|localhost|lan|intranet|corp|private|home\.arpa|test|invalid)\.?$/i;

export const NET_11 = rule<Outside>({
  id: "NET-11",
  title: "Names of internal services are in private zones, and machines ask servers of the network for names and the time",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["NIST SP 800-81 4.1"],
  remediation:
    "Give the zone the networks that may ask it, `vpcs: [{ vpcId }]`. Set `domainNameServers` to AmazonProvidedDNS or private addresses. List zones of the internet in the parameter `public`, and servers there in `servers`.",
  types: [ZONE, NAMESPACE, OPTIONS, FORWARDING, VPC],
  parameters: { dev: NOTHING, staging: NOTHING, prod: NOTHING },
  elsewhere: { public: ["*"], servers: ["*"] },
  check: (resource, { public: outside, servers }) =>
    [ZONE, NAMESPACE].includes(resource.type)
      ? shownNames(resource, outside)
      : together(
          () => strangers(resource, servers),
          () => (resource.type === VPC ? unanswered(resource) : []),
        ),
});

function shownNames({ type, inputs }: Resource, outside: readonly string[]): Fault[] {
  if (type === ZONE && only(inputs, "vpcs") !== undefined) {
    return [];
  }
  const name = text(inputs, "name") ?? "";
  return unless(!INTERNAL.test(name) && isListed(name, outside), {
    property: type === ZONE ? "vpcs" : "name",
    got: type === ZONE ? "nothing, which is a zone for everybody" : name,
    want: type === ZONE ? "the networks that may ask it" : "in a private namespace",
  });
}

/** Addresses of AWS's own servers, the same in every network (VPC user guide, "Amazon DNS server"; Amazon Time Sync Service). */
const OF_AWS = /^(169\.254\.169\.(123|253)|fd00:ec2::(123|253))$/i;

/** Who answers names sees whom machines call, and may send them elsewhere. */
function strangers({ type, inputs }: Resource, servers: readonly string[]): Finding[] {
  const named: [property: string, addresses: () => string[]][] =
    type === OPTIONS
      ? ["domainNameServers", "ntpServers"].map((property) => [property, () => texts(inputs, property)])
      : type === FORWARDING
        ? bags(inputs, "targetIps").flatMap((target, index) =>
            ["ip", "ipv6"].map((key): [string, () => string[]] => [`targetIps.${index}.${key}`, () => texts(target, key)]),
          )
        : [];
  return together(
    named.map(
      ([property, addresses]) =>
        () =>
          addresses()
            .filter(
              (each) => isPublic(`${each}/${each.includes(":") ? 128 : 32}`) && /^[\d.]+$|:/.test(each) && !OF_AWS.test(each),
            )
            .filter((each) => !isListed(each, servers))
            .map((got) => ({ property, got, want: "AmazonProvidedDNS, or private addresses" })),
    ),
  );
}

/** A private zone answers only in a network with both (Route 53 developer guide, "Considerations when working with a private hosted zone"). */
const unanswered = ({ inputs }: Resource): Fault[] =>
  ["enableDnsSupport", "enableDnsHostnames"].flatMap((property) =>
    unless(flag(inputs, property) !== false, {
      property,
      got: shown(inputs[property]),
      want: "true, or private zones answer nobody",
    }),
  );
