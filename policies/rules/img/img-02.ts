import { literally } from "../../exceptions.ts";
import { unless } from "../../findings.ts";
import { WORKLOAD_PATCHES, WORKLOADS } from "../../kubernetes/workloads.ts";
import { levels, rule } from "../../rule.ts";
import { eachImage, ofTeamPods } from "./images.ts";

/** Any account and region. Users of the pack can limit it to their own accounts. */
const PRIVATE_ECR = { registries: ["*.dkr.ecr.*.amazonaws.com"] };

/** Only the host of the registry is checked, so a repository may be our own or one that ECR's pull-through cache fills. */
export const IMG_02 = rule({
  id: "IMG-02",
  title: "Images come from private ECR registries, never directly from the internet",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 5.1.4"],
  remediation:
    "Copy the image to ECR, or fetch it through a pull-through cache rule. Name your accounts in `registries` (`123456789012.dkr.ecr.*.amazonaws.com`).",
  peers: ["KSV-0034", "KSV-0035", "kyverno restrict-image-registries"],
  parameters: { dev: PRIVATE_ECR, staging: PRIVATE_ECR, prod: PRIVATE_ECR },
  // Nobody's registry is asked for where none is listed.
  elsewhere: { registries: [] },
  types: [...WORKLOADS, ...WORKLOAD_PATCHES],
  check: (resource, { registries }) => {
    const allowed = registries.map(hostPattern);
    const want = `an image from ${registries.join(" or ")}`;
    return eachImage(resource, ({ path, image }) =>
      unless(allowed.length === 0 || allowed.some((pattern) => pattern.test(hostOf(image))), {
        property: path,
        got: image,
        want,
      }),
    );
  },
  admission: ofTeamPods({
    expression: String.raw`variables.images.all(i, i.matches('^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com/'))`,
    message: "each image must come from a private ECR registry, <account>.dkr.ecr.<region>.amazonaws.com",
  }),
});

/** As Docker reads a name: the part before the first slash is a host if it looks like one. */
function hostOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : "docker.io";
}

/** `*` stands for one label of a host name. */
const hostPattern = (glob: string): RegExp => new RegExp(`^${glob.split("*").map(literally).join("[a-z0-9-]+")}$`);
