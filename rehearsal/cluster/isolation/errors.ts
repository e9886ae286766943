import { MachineError } from "#toolchain/errors";

/** A rehearsal cannot have a namespace of its own. */
export class IsolationError extends MachineError {}
