// What is promoted: a model, or the platform.

/** Subject of the platform's releases. */
export const PLATFORM = "platform";

/** Subject of a model's releases, as the ledger and the rights of signers name it. */
export const subjectOf = (model: string): string => `models/${model}`;

/** Model of a subject; nothing of the platform's. */
export const modelOf = (subject: string): string | undefined =>
  subject === PLATFORM ? undefined : subject.slice("models/".length);
