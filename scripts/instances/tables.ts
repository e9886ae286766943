import type { InstanceTypeAnswer, OfferingAnswer } from "./answers.ts";
import { bySize, isSelected } from "./selection.ts";

/**
 * `components/instances/table.ts` of what EC2 answered.
 *
 * @param answers entries of `describe-instance-types`, of all regions together; a type may come more than once.
 * @param asOf day of the answers, `YYYY-MM-DD`.
 * @param source where they come from, for the page's head.
 */
export function instanceTable(answers: readonly InstanceTypeAnswer[], asOf: string, source: string): string {
  const byType = new Map(
    answers.filter(({ InstanceType }) => isSelected(InstanceType)).map((entry) => [entry.InstanceType, entry]),
  );
  const entries = [...byType.values()].sort((a, b) => bySize(a.InstanceType, b.InstanceType));
  const rows = (wanted: boolean): string =>
    entries
      .filter(({ GpuInfo }) => (GpuInfo !== undefined) === wanted)
      .map((entry) => `  "${entry.InstanceType}": { ${row(entry)} },`)
      .join("\n");
  return `// Written by \`npm run refresh:instances\`: change the script, not this file.
import type { GpuFacts, InstanceFacts } from "./facts.ts";

/** Types with GPUs. As of ${asOf}; source: ${source}. */
export const GPU_INSTANCES = {
${rows(true)}
} as const satisfies Record<string, GpuFacts>;

/** Types without GPUs, as of the same day. */
export const CPU_INSTANCES = {
${rows(false)}
} as const satisfies Record<string, InstanceFacts>;
`;
}

function row({ VCpuInfo, MemoryInfo, ProcessorInfo, GpuInfo, InstanceStorageInfo, NetworkInfo }: InstanceTypeAnswer): string {
  const { DefaultNetworkCardIndex, NetworkCards, Ipv4AddressesPerInterface, EfaInfo } = NetworkInfo;
  const gpu = GpuInfo?.Gpus[0];
  const facts = {
    cpus: VCpuInfo.DefaultVCpus,
    memoryMiB: MemoryInfo.SizeInMiB,
    arch: ProcessorInfo.SupportedArchitectures.includes("arm64") ? "arm64" : "amd64",
    gpus: gpu?.Count ?? 0,
    ...(gpu && { gpuModel: modelOf(gpu), gpuMemoryMiB: gpu.MemoryInfo.SizeInMiB }),
    nvmeGB: InstanceStorageInfo?.TotalSizeInGB ?? 0,
    efa: EfaInfo?.MaximumEfaInterfaces ?? 0,
    interfaces: NetworkCards[DefaultNetworkCardIndex]!.MaximumNetworkInterfaces,
    addresses: Ipv4AddressesPerInterface,
  };
  return Object.entries(facts)
    .map(([key, value]) => `${key}: ${typeof value === "number" ? grouped(value) : JSON.stringify(value)}`)
    .join(", ");
}

/** Label value of a model. Two kinds of A100 are sold under one name. */
function modelOf({ Name, MemoryInfo }: { Name: string; MemoryInfo: { SizeInMiB: number } }): string {
  const name = Name.toLowerCase().replace(" server ", " ").replaceAll(" ", "-");
  return name === "a100" ? `a100-${MemoryInfo.SizeInMiB / 1024}gb` : name;
}

const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, "_");

/**
 * `components/instances/offerings-table.ts` of what EC2 answered.
 *
 * @param answers entries of `describe-instance-type-offerings` by region.
 */
export function offeringsTable(
  answers: Readonly<Record<string, readonly OfferingAnswer[]>>,
  asOf: string,
  source: string,
): string {
  const regions = Object.entries(answers).sort(([a], [b]) => (a < b ? -1 : 1));
  const codes = regions.map(([region, entries]) => [region, codeOf(region, entries)] as const);
  const offered = new Map<string, string[]>();
  for (const [region, entries] of regions) {
    for (const [type, zones] of zonesByType(entries)) {
      offered.set(type, [...(offered.get(type) ?? []), `${codeOf(region, entries)}:${zones.sort().join("")}`]);
    }
  }
  const lines = [...offered].sort(([a], [b]) => bySize(a, b)).map(([type, places]) => `  "${type}": "${places.join(" ")}",`);
  return `// Written by \`npm run refresh:instances\`: change the script, not this file.

/** Day of the offerings below. Source: ${source}. */
export const OFFERINGS_AS_OF = "${asOf}";

/** How zone ids begin in each region: \`eun1\` of \`eun1-az1\`. */
export const REGION_CODES = {
${codes.map(([region, code]) => `  "${region}": "${code}",`).join("\n")}
} as const;

/** Zones in which EC2 sells each type: \`eun1:13\` stands for eun1-az1 and eun1-az3. */
export const OFFERED: Readonly<Record<string, string>> = {
${lines.join("\n")}
};
`;
}

/** Local zones, `use1-atl2-az1`, are no place for a cluster and have no place in the table. */
const isLocal = (zone: string): boolean => /^[a-z]+\d-[a-z]+\d-az\d$/.test(zone);

/** @throws when a region has no zone, or a zone whose id has another form: the table could not hold it. */
function codeOf(region: string, entries: readonly OfferingAnswer[]): string {
  const codes = new Set(
    entries.filter(({ Location }) => !isLocal(Location)).map(({ Location }) => /^([a-z]+\d)-az\d$/.exec(Location)?.[1]),
  );
  const [code] = codes;
  if (codes.size !== 1 || code === undefined) {
    throw new Error(
      `${region}: the offerings must name zones by id, such as eun1-az1, got ${entries[0]?.Location ?? "no offering"}`,
    );
  }
  return code;
}

function zonesByType(entries: readonly OfferingAnswer[]): Map<string, string[]> {
  const zones = new Map<string, string[]>();
  for (const { InstanceType, Location } of entries.filter(
    (entry) => isSelected(entry.InstanceType) && !isLocal(entry.Location),
  )) {
    zones.set(InstanceType, [...(zones.get(InstanceType) ?? []), Location.slice(-1)]);
  }
  return zones;
}
