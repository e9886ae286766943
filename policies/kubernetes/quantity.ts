const SUFFIXES = new Map([
  ["", 1],
  ["n", 1e-9],
  ["u", 1e-6],
  ["m", 1e-3],
  ["k", 1e3],
  ["M", 1e6],
  ["G", 1e9],
  ["T", 1e12],
  ["P", 1e15],
  ["E", 1e18],
  ["Ki", 2 ** 10],
  ["Mi", 2 ** 20],
  ["Gi", 2 ** 30],
  ["Ti", 2 ** 40],
  ["Pi", 2 ** 50],
  ["Ei", 2 ** 60],
]);

/** The number of a quantity (Kubernetes documentation, "Quantity"): `64k`, `1.5Gi`, `500m`, `1e3`; `undefined` where it is none. */
export function amountOf(quantity: string | undefined): number | undefined {
  const [, amount, suffix = ""] =
    /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(quantity?.trim() ?? "") ?? [];
  const factor = SUFFIXES.get(suffix);
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
}
