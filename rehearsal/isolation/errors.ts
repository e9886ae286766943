/** Why a rehearsal cannot have a namespace of its own, in one sentence, and the one thing to do about it. */
export class IsolationError extends Error {
  /** What is wrong. */
  readonly sentence: string;

  /** What the reader can do about it. */
  readonly remedy: string;

  constructor(sentence: string, remedy: string) {
    super(`${sentence} ${remedy}`);
    this.name = "IsolationError";
    this.sentence = sentence;
    this.remedy = remedy;
  }
}
