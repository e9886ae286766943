/** A number with what it counts: `1 resource`, `2 resources`, `1,200 requests`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
