export const DIGEST = `sha256:${"0".repeat(64)}`;

export const OUR_REGISTRY = "333333333333.dkr.ecr.eu-west-1.amazonaws.com";

export const pod = (...images: string[]) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "job", namespace: "team-risk" },
  spec: { containers: images.map((image, at) => ({ name: `c${at}`, image })) },
});
