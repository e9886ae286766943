import { specialSecretSig, specialSigKey, unknownValue } from "@pulumi/pulumi/runtime/rpc.js";

/** A value that nobody knows yet, as Pulumi writes it. */
export const UNKNOWN = unknownValue;

/** A secret value, as Pulumi writes it. */
export const secret = (value: unknown): object => ({ [specialSigKey]: specialSecretSig, value });
