// Errors that tell what this machine lacks, and what to do.

/** What this machine lacks, in one sentence, and the one thing to do about it: no fault of the program, and nothing that was typed. */
export class MachineError extends Error {
  /** What is wrong. */
  readonly sentence: string;

  /** What the reader can do about it. */
  readonly remedy: string;

  constructor(sentence: string, remedy: string) {
    super(`${sentence} ${remedy}`);
    this.name = new.target.name;
    this.sentence = sentence;
    this.remedy = remedy;
  }
}

/** A part of the toolchain that cannot be had. */
export class ToolchainError extends MachineError {
  /** The tool that was asked for. */
  readonly tool: string;

  constructor(tool: string, sentence: string, remedy: string) {
    super(sentence, remedy);
    this.tool = tool;
  }
}

/** Something on this machine that a build needs is missing or too old; nothing was started. */
export class MissingTool extends ToolchainError {}

/** A build or a download began and did not succeed. */
export class BuildFailed extends ToolchainError {
  /** File that holds everything the build said, if it said more than the sentence. */
  readonly log: string | undefined;

  constructor(tool: string, sentence: string, remedy: string, log?: string) {
    super(tool, sentence, remedy);
    this.log = log;
  }
}
