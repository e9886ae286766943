// What the AWS command line answers, as far as the tables need it.

/** One entry of `aws ec2 describe-instance-types`. */
export interface InstanceTypeAnswer {
  InstanceType: string;
  VCpuInfo: { DefaultVCpus: number };
  MemoryInfo: { SizeInMiB: number };
  ProcessorInfo: { SupportedArchitectures: string[] };
  GpuInfo?: { Gpus: { Name: string; Count: number; MemoryInfo: { SizeInMiB: number } }[] };
  InstanceStorageInfo?: { TotalSizeInGB: number };
  NetworkInfo: {
    EfaInfo?: { MaximumEfaInterfaces: number };
    DefaultNetworkCardIndex: number;
    NetworkCards: { MaximumNetworkInterfaces: number }[];
    Ipv4AddressesPerInterface: number;
  };
}

/** One entry of `aws ec2 describe-instance-type-offerings --location-type availability-zone-id`. */
export interface OfferingAnswer {
  InstanceType: string;
  /** Id of a zone, `eun1-az1`. */
  Location: string;
}
