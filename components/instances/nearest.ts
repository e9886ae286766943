import { INSTANCE_TYPES, type Instance, instanceOf } from "./instance.ts";
import { zonesOffering } from "./offerings.ts";

/**
 * The type most like another one among those that EC2 sells in a region: the same processor, a family of the same letter, as many GPUs
 * of as much memory, as many CPUs and as much memory, about as new. More is nearer than less.
 *
 * @returns `undefined` for a type or a region that the tables do not know, or when nothing of the kind is sold there.
 */
export function nearestOffered(type: string, region: string): string | undefined {
  const wanted = instanceOf(type);
  if (wanted === undefined) {
    return undefined;
  }
  const candidates = INSTANCE_TYPES.filter((name) => name !== type && (zonesOffering(name, region) ?? []).length > 0)
    .map((name) => instanceOf(name)!)
    .filter(({ arch, gpus }) => arch === wanted.arch && gpus > 0 === wanted.gpus > 0);
  return candidates.sort((a, b) => distance(wanted, a) - distance(wanted, b))[0]?.type;
}

function distance(wanted: Instance, other: Instance): number {
  const gpuMemory = ({ gpus, gpuMemoryMiB = 0 }: Instance): number => gpus * gpuMemoryMiB;
  const [letter, generation] = familyOf(wanted);
  const [otherLetter, otherGeneration] = familyOf(other);
  return (
    (letter === otherLetter ? 0 : 3) +
    0.1 * Math.abs(generation - otherGeneration) +
    4 * apart(wanted.gpus, other.gpus) +
    2 * apart(gpuMemory(wanted), gpuMemory(other)) +
    apart(wanted.cpus, other.cpus) +
    apart(wanted.memoryMiB, other.memoryMiB)
  );
}

/** `m` and 7 of m7i.large. */
const familyOf = ({ type }: Instance): [letter: string, generation: number] => [type.charAt(0), Number(type.charAt(1))];

/** How far two sizes are apart, in doublings; too little counts half as much again. */
function apart(wanted: number, other: number): number {
  const doublings = Math.log2((other + 1) / (wanted + 1));
  return doublings < 0 ? -1.5 * doublings : doublings;
}
