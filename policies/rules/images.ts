import { literally } from "../exceptions.ts";
import type { Resource } from "../resource.ts";
import { type Admission, type Fault, levels, type Rule, rule } from "../rule.ts";
import { together } from "../together.ts";
import { CONTAINERS, PODS } from "./pod-expressions.ts";
import { inTeams, TEAMS } from "./team-namespaces.ts";
import { containersOf, podsOf, WORKLOADS } from "./workloads.ts";

const RELEASE = "kubernetes:helm.sh/v3:Release";

/** Of any account and region: whoever runs the pack narrows it to accounts of theirs. */
const PRIVATE_ECR = { registries: ["*.dkr.ecr.*.amazonaws.com"] };

const BY_DIGEST = /^[^\s@]+@sha256:[0-9a-f]{64}$/;

/**
 * Containers say their image. A chart's images are in the chart, where nobody sees them from here: they stay the same as long as its
 * version does, so the version must be exact, and its values must not point an image at something that moves.
 */
const byDigest = rule({
  id: "IMG-01",
  title: "An image is named by its digest, a chart by its exact version: what runs today runs tomorrow",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["NIST AI RMF MANAGE 3.1"],
  remediation:
    "Name the image `<repository>@sha256:<digest>`, as the registry answered when it was pushed; give a chart one whole version.",
  peers: ["CKV_K8S_14", "CKV_K8S_43", "kyverno require-image-checksum"],
  types: [...WORKLOADS, RELEASE],
  check: (resource) => (resource.type === RELEASE ? movingParts(resource) : eachImage(resource, moving)),
  admission: ofTeamPods({
    expression: "variables.images.all(i, i.matches('^[^@]+@sha256:[0-9a-f]{64}$') && !i.contains(':latest@'))",
    message: "each image must be named by its digest, <repository>@sha256:<64 hexadecimal digits>, and never `latest`",
  }),
});

/** The registry is told by its host, so that a repository may be ours or one that ECR's pull-through cache fills. */
const registry = rule({
  id: "IMG-02",
  title: "Images come from private ECR registries, never straight from the internet",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 5.1.4"],
  remediation:
    "Copy the image to ECR, or fetch it by a pull-through cache rule; name your accounts in `registries` (`123456789012.dkr.ecr.*.amazonaws.com`).",
  peers: ["KSV-0034", "KSV-0035", "kyverno restrict-image-registries"],
  parameters: { dev: PRIVATE_ECR, staging: PRIVATE_ECR, prod: PRIVATE_ECR },
  types: WORKLOADS,
  check: (resource, { registries }) => {
    const allowed = registries.map(hostPattern);
    return eachImage(resource, ({ path, image }) =>
      allowed.some((pattern) => pattern.test(hostOf(image)))
        ? []
        : [{ property: path, got: image, want: `an image of ${registries.join(" or ")}` }],
    );
  },
  admission: ofTeamPods({
    expression: String.raw`variables.images.all(i, i.matches('^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com/'))`,
    message: "each image must come from a private ECR registry, <account>.dkr.ecr.<region>.amazonaws.com",
  }),
});

export const IMAGES: readonly Rule[] = [byDigest, registry];

interface Image {
  path: string;
  image: string;
}

const eachImage = (resource: Resource, check: (image: Image) => Fault[]): Fault[] =>
  together(
    ...podsOf(resource)
      .flatMap(containersOf)
      .map(
        ({ path, container }) =>
          () =>
            check({ path: `${path}.image`, image: container.image ?? "nothing" }),
      ),
  );

/** A digest decides, whatever the tag before it says; but `latest` would be read as if it did. */
const moving = ({ path, image }: Image): Fault[] =>
  BY_DIGEST.test(image) && !image.includes(":latest@")
    ? []
    : [{ property: path, got: image, want: "an image by digest, <repository>@sha256:<64 hexadecimal digits>, and not `latest`" }];

const EXACT_VERSION = /^v?\d+\.\d+\.\d+([-+][\w.+-]+)?$/;

const movingParts = ({ inputs }: Resource): Fault[] =>
  together(
    () => {
      // A chart from a file has its version in the file.
      const exact = inputs.version === undefined ? isFile(inputs.chart) : EXACT_VERSION.test(inputs.version);
      const got = inputs.version ?? "nothing";
      return exact ? [] : [{ property: "version", got, want: "one whole version, for example 1.4.2" }];
    },
    () => latestIn(inputs.values, "values"),
  );

const isFile = (chart: string): boolean => /^\.{0,2}\//.test(chart) || chart.endsWith(".tgz");

/**
 * Images that a chart's values ask for by the tag `latest`. Only keys that name an image or a tag are read, and what holds more keys:
 * that something else is not known yet decides nothing here.
 */
function latestIn(value: any, path: string): Fault[] {
  if (typeof value !== "object" || value === null) {
    return [];
  }
  const checks = Object.keys(value).map((key) => () => {
    const property = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
    const names = /(image|tag)$/i.test(key) && !holdsMore(value, key);
    const latest = names && /(^|:)latest$/.test(String(value[key]));
    if (latest) {
      return [{ property, got: value[key], want: "a tag that stays, or a digest" }];
    }
    return holdsMore(value, key) ? latestIn(value[key], property) : [];
  });
  return together(...checks);
}

const holdsMore = (value: object, key: string): boolean =>
  typeof Reflect.getOwnPropertyDescriptor(value, key)?.value === "object";

/** As Docker reads a name: what stands before the first slash is a host if it could be one. */
function hostOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : "docker.io";
}

/** `*` stands for one label of a host name. */
const hostPattern = (glob: string): RegExp => new RegExp(`^${glob.split("*").map(literally).join("[a-z0-9-]+")}$`);

/** What a team's own pods run, with the containers that somebody adds to look into them. */
function ofTeamPods({ expression, message }: Admission["validations"][number]): Admission {
  return {
    objects: [{ ...PODS, resources: [...PODS.resources, "pods/ephemeralcontainers"] }],
    variables: [
      TEAMS,
      CONTAINERS,
      {
        name: "images",
        expression:
          "variables.containers.map(c, c.image) + (has(object.spec.ephemeralContainers) ? object.spec.ephemeralContainers.map(c, c.image) : [])",
      },
    ],
    validations: [{ expression: inTeams(expression), message }],
  };
}
