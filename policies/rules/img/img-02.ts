import { knownAccounts, NOBODY_ELSE } from "../../aws/outsiders.ts";
import { HOSTED_MODEL } from "../../aws/types.ts";
import { isListed, literally } from "../../exceptions.ts";
import { type Fault, ofEach, unless } from "../../findings.ts";
import { WORKLOAD_PATCHES, WORKLOADS } from "../../kubernetes/workloads.ts";
import { text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { eachImage, ofTeamPods } from "./images.ts";

/** Any region, and the accounts that the stack's provider is limited to. Users of the pack add accounts that they trust. */
const PRIVATE_ECR = {
  ...NOBODY_ELSE,
  registries: ["*.dkr.ecr.*.amazonaws.com"],
  /** Registries that a cache may fetch from, beside private ones: those into which not everybody may push. */
  upstreams: ["registry.k8s.io"],
};

const CACHE = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule";

/** Accounts of AWS with images of add-ons of EKS and of frameworks for training (EKS user guide; AWS Deep Learning Containers). */
const OF_AWS = ["602401143452", "763104351884"];

/** Only the host of the registry is checked, so a repository may be our own or one that ECR's pull-through cache fills. */
export const IMG_02 = stackRule({
  id: "IMG-02",
  title:
    "Images come from private ECR registries of known accounts, never directly from the internet or by a cache of everybody's",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 5.1.4"],
  remediation:
    "Copy the image to ECR, or fetch it through a pull-through cache rule. List accounts besides your own in `accounts`, and registries that such a rule may ask in `upstreams`.",
  peers: ["KSV-0034", "KSV-0035", "kyverno restrict-image-registries"],
  parameters: { dev: PRIVATE_ECR, staging: PRIVATE_ECR, prod: PRIVATE_ECR },
  // Nobody's registry is asked for where none is listed.
  elsewhere: { ...NOBODY_ELSE, registries: [], upstreams: ["*"] },
  types: [...WORKLOADS, ...WORKLOAD_PATCHES, CACHE, HOSTED_MODEL],
  relate: (resources, { registries, accounts, upstreams }) => {
    const allowed = registries.map(hostPattern);
    const want = `an image from ${registries.join(" or ")}`;
    const own = new Set(resources.flatMap((each) => knownAccounts(each, { accounts: [] })));
    const known = own.size === 0 ? [] : [...own, ...accounts, ...OF_AWS];
    return ofEach(resources, (resource) => {
      if (resource.type === CACHE) {
        return openCache(resource, upstreams, known);
      }
      return eachImage(resource, ({ path, image }) => {
        const account = ACCOUNT.exec(hostOf(image))?.[1];
        const isOurs = known.length === 0 || account === undefined || known.includes(account);
        return allowed.length === 0 || allowed.some((pattern) => pattern.test(hostOf(image)))
          ? unless(allowed.length === 0 || isOurs, {
              resource,
              property: path,
              got: image,
              want: `an image of ${[...own].join(" or ")}`,
            })
          : [{ resource, property: path, got: image, want }];
      });
    });
  },
  admission: ofTeamPods({
    expression: String.raw`variables.images.all(i, i.matches('^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com/'))`,
    message: "each image must come from a private ECR registry, <account>.dkr.ecr.<region>.amazonaws.com",
  }),
});

/** Whoever may push to a registry of everybody brings images into the private one, under its name. */
function openCache(resource: Resource, upstreams: readonly string[], known: readonly string[]): Fault[] {
  const property = "upstreamRegistryUrl";
  const got = text(resource.inputs, property) ?? "nothing";
  const account = ACCOUNT.exec(got)?.[1];
  const isPrivate = account !== undefined && (known.length === 0 || known.includes(account));
  return unless(isPrivate || isListed(got, upstreams), {
    resource,
    property,
    got,
    want: `a private registry of a known account, or one of ${upstreams.join(", ")}`,
  });
}

/** As Docker reads a name: the part before the first slash is a host if it looks like one. */
function hostOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : "docker.io";
}

/** The account in the name of a private registry. */
const ACCOUNT = /^(\d{12})\.dkr\.ecr(-fips)?\./;

/** `*` stands for one label of a host name. */
const hostPattern = (glob: string): RegExp => new RegExp(`^${glob.split("*").map(literally).join("[a-z0-9-]+")}$`);
