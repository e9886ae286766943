/**
 * Mutants, by kind, of which the pack does not say so far what is true: bad ones that it does not accuse, and harmless ones that it does.
 * An entry whose mutant is judged right is an error: the list can only shrink.
 */
export const OPEN: Readonly<Record<string, readonly string[]>> = {
  admission: ["a guard of jobs in which no job asks for GPUs", "a guard of pods that every controller passes"],
  reach: [
    "a gateway that takes weak ciphers",
    "a gateway that passes TLS on to whatever asks",
    "a route to a name outside of the cluster",
    "a route that pages of every origin may use",
  ],
  "other spellings": [
    "predictions that everybody with a login elsewhere reads",
    "nodes for a list of addresses that nobody sees",
    "a jump from five to one hundred",
  ],
  "other types": [
    "a grant of a key to another account",
    "a share with accounts outside of the organisation",
    "a way to a database without TLS",
    "pages of the world over HTTP",
    "a gateway of the newer kind in the clear",
  ],
};
