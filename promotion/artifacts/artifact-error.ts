/** Why artifacts were not copied, in sentences for a person. What lies in the target by then stays: the same command goes on from there. */
export class ArtifactError extends Error {}
