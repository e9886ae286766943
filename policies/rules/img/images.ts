import { HOSTED_MODEL } from "../../aws/types.ts";
import { type Finding, together } from "../../findings.ts";
import { CONTAINERS, PODS } from "../../kubernetes/pod-expressions.ts";
import { inTeams, TEAMS } from "../../kubernetes/team-namespaces.ts";
import { containersOf, podsOf, WORKLOAD_PATCHES } from "../../kubernetes/workloads.ts";
import { at, bags, isSet, list, shown } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import type { Admission } from "../../rule.ts";

/** An image of a container or of a volume, and its path. */
export interface Image {
  path: string;
  image: string;
}

export const eachImage = (resource: Resource, check: (image: Image) => readonly Finding[]): Finding[] =>
  resource.type === HOSTED_MODEL ? eachHosted(resource, check) : eachOfPods(resource, check);

/** Images of a model that SageMaker hosts. */
function eachHosted({ inputs }: Resource, check: (image: Image) => readonly Finding[]): Finding[] {
  const several = list(inputs, "containers").map((_, index) => ["containers", index] as const);
  return together(
    [...(isSet(inputs, "primaryContainer") ? [["primaryContainer"] as const] : []), ...several].map((place) => () => {
      const [property, index] = place;
      const path = `${property}${index === undefined ? "" : `[${index}]`}.image`;
      // Without one it runs the image of a package.
      return isSet(inputs, ...place, "image") ? check({ path, image: shown(at(inputs, ...place, "image")) }) : [];
    }),
  );
}

const eachOfPods = (resource: Resource, check: (image: Image) => readonly Finding[]): Finding[] =>
  together(
    podsOf(resource).flatMap((pod) => [
      ...containersOf(pod)
        // A patch leaves images alone that it does not name.
        .filter(({ container }) => !WORKLOAD_PATCHES.includes(resource.type) || isSet(container, "image"))
        .map(
          ({ path, container }) =>
            () =>
              check({ path: `${path}.image`, image: shown(container["image"]) }),
        ),
      () =>
        together(
          bags(pod.spec, "volumes").map((volume, index) => () => {
            const path = `${pod.path}.volumes[${index}].image.reference`;
            return isSet(volume, "image") ? check({ path, image: shown(at(volume, "image", "reference")) }) : [];
          }),
        ),
    ]),
  );

/** Images of a team's own pods, including ephemeral containers for debugging. */
export function ofTeamPods({ expression, message }: Admission["validations"][number]): Admission {
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
