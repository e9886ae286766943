import { DATABASE_HOUR, INSTANCE_HOUR } from "./prices-table.ts";

/** When the prices were collected; each says from when it is. A plan says so beside every sum. */
export const PRICES_AS_OF = "2026-11-28";

/** Hours of a month in every price list of AWS. */
export const HOURS = 730;

/** Region whose price stands in where that of a service is not known. */
export const FALLBACK_REGION = "us-east-1";

/** Services with one price in all commercial regions, US dollars a month, or an hour where the name says so (AWS price pages). */
const EVERYWHERE = {
  /** EKS control plane in standard support, an hour; six times as much in extended support. */
  clusterHour: 0.1,
  /** Public IPv4 address, an hour, in use or not. */
  addressHour: 0.005,
  /** Customer-managed key, a month. */
  key: 1,
  /** Secret in Secrets Manager, a month. */
  secret: 0.4,
  /** CloudWatch alarm, a month. */
  alarm: 0.1,
  /** Hosted zone in Route 53, a month. */
  hostedZone: 0.5,
} as const;

/** Services whose price differs by region, with the word that a screen has for each. */
const WORDS = {
  natGatewayHour: "NAT gateway",
  interfaceEndpointHour: "interface endpoint",
  loadBalancerHour: "network load balancer",
  volumeGiB: "gp3 volume",
  databaseGiB: "database storage",
} as const;

/**
 * US dollars a month, or an hour where the name says so.
 *
 * us-east-1: AWS price pages, 2026-11-21. eu-north-1: AWS Price List API as others quote it, read 2026-11-28 (gp3 effective 2026-10-01);
 * its other prices could not be confirmed and are left out.
 */
const BY_REGION: Readonly<Record<string, Partial<Record<keyof typeof WORDS, number>>>> = {
  "us-east-1": {
    natGatewayHour: 0.045,
    interfaceEndpointHour: 0.01,
    loadBalancerHour: 0.0225,
    volumeGiB: 0.08,
    databaseGiB: 0.115,
  },
  "eu-north-1": { natGatewayHour: 0.046, volumeGiB: 0.0836 },
};

/** A sum and how it comes about. */
export interface Priced {
  /** How the sum comes about, for example `3 × m7i.xlarge with 100 GiB`. */
  what: string;
  /** US dollars a month. */
  monthly: number;
}

/** Instances all month, on demand, with their root volumes. A volume of 0 GiB is one whose size nobody told. */
export const machines = (count: number, type: string, diskGiB: number, prices: PriceList): Priced => ({
  what: `${count} × ${type}${diskGiB > 0 ? ` with ${diskGiB} GiB` : ""}`,
  monthly: count * (prices.instanceHour(type) * HOURS + (diskGiB > 0 ? diskGiB * prices.of("volumeGiB") : 0)),
});

/** Prices of one region. It remembers what it was asked for and did not know. */
export class PriceList {
  readonly region: string;
  /** What has no price at all: it is in no sum. */
  readonly missing = new Set<string>();
  /** Services at the price of {@link FALLBACK_REGION}. */
  readonly borrowed = new Set<string>();

  constructor(region: string) {
    this.region = region;
  }

  /** An instance on demand, US dollars an hour; 0 for an unknown price, which is remembered. */
  instanceHour = (type: string): number => this.#known(type, INSTANCE_HOUR);

  /** A database in one zone, US dollars an hour; 0 for an unknown price, which is remembered. */
  databaseHour = (instanceClass: string): number => this.#known(instanceClass, DATABASE_HOUR);

  /** A service, in the unit that the name says. */
  of(service: keyof typeof EVERYWHERE | keyof typeof WORDS): number {
    if (service in EVERYWHERE) {
      return EVERYWHERE[service as keyof typeof EVERYWHERE];
    }
    const regional = service as keyof typeof WORDS;
    const own = BY_REGION[this.region]?.[regional];
    if (own === undefined) {
      this.borrowed.add(WORDS[regional]);
    }
    return own ?? BY_REGION[FALLBACK_REGION]![regional]!;
  }

  #known(name: string, table: Readonly<Record<string, Readonly<Record<string, number>>>>): number {
    const prices = Object.hasOwn(table, name) ? table[name] : undefined;
    const price = prices?.[this.region];
    if (price === undefined) {
      this.missing.add(name === "" ? "nodes of an unknown type" : name);
    }
    return price ?? 0;
  }
}
