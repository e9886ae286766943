/** One size of instance, as EC2 describes it (API DescribeInstanceTypes). */
export interface InstanceFacts {
  cpus: number;
  memoryMiB: number;
  arch: "amd64" | "arm64";
  /** GPUs; 0 on the types of `CPU_INSTANCES`. */
  gpus: number;
  /** Local disks together, GB; 0 where the type has no local disk. */
  nvmeGB: number;
  /** Elastic Fabric Adapters; 0 where the type has no EFA. */
  efa: number;
  /** Network interfaces of the card that the VPC CNI uses, the default one. */
  interfaces: number;
  /** IPv4 addresses of one interface, its own included. */
  addresses: number;
}

export interface GpuFacts extends InstanceFacts {
  /** Model of the GPUs, in the form of a label value. */
  gpuModel: string;
  /** Memory of one GPU, MiB. */
  gpuMemoryMiB: number;
}
