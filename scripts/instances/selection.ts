/** Families in the tables: what the profiles name, and what one would change to. */
export const FAMILIES =
  "t3 t4g m6i m7i m7g m8i m8g c7i c7g r7i r7g g4dn g5 g6 g6e g7e p4d p4de p5 p5e p5en p6-b200 p6-b300".split(" ");

/** Sizes with one CPU or less than 4 GiB are left out: EKS's own pods fill them. */
const TOO_SMALL = /\.(nano|micro|small)$|^[^t].*\.medium$/;

/** Whether a type has a place in the tables. Bare metal has other limits and is left out. */
export const isSelected = (type: string): boolean =>
  FAMILIES.includes(type.split(".")[0]!) && !TOO_SMALL.test(type) && !type.includes("metal");

/** Sizes in the order in which tables list them. */
const SIZES = ["medium", "large", "xlarge"];

/** Order of the tables: by family as above, then by size. */
export function bySize(a: string, b: string): number {
  const order = (type: string): [number, number] => {
    const [family = "", size = ""] = type.split(".");
    const times = /^(\d+)xlarge$/.exec(size);
    return [FAMILIES.indexOf(family), times ? 2 + Number(times[1]) : SIZES.indexOf(size)];
  };
  const [left, right] = [order(a), order(b)];
  return left[0] - right[0] || left[1] - right[1];
}

/** Regions of the tables. */
export const REGIONS = (
  "eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 us-east-1 us-east-2 us-west-2 " +
  "ca-central-1 sa-east-1 ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-1 ap-southeast-2"
).split(" ");
