/** A text that a store has. */
export interface Entry {
  /** Its name, with slashes, below the store's place. */
  key: string;
  /** What was done to it that no ledger does: `must never be written over, got 2 versions`. @default - nothing */
  fault?: string;
}

/** Where a ledger lies. A text is written once, as a whole or not at all, and never changes. */
export interface Store {
  /** Everything below a prefix, in the order of its keys. */
  list(prefix: string): Promise<Entry[]>;
  /** The bytes of a text; `undefined` where there is none. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** Writes a text where there is none yet. @returns false where there is one already; it stays as it is. */
  putNew(key: string, text: string): Promise<boolean>;
}
