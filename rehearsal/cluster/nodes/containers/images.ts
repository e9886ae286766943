import type { Json } from "../../controlplane/kube.ts";

/** What an image brings of which a rehearsal has the real program. */
export interface Image {
  /** What runs where the container names no command. */
  entrypoint: readonly string[];

  /** Files of this machine by their path in the image. */
  files: Readonly<Record<string, string>>;

  /** Folders of this machine by their path in the image. @default - none */
  folders?: Readonly<Record<string, string>>;

  /** Variables beside those of the container. @default - none */
  env?: Readonly<Record<string, string>>;
}

/** Images by the last two parts of their repository, which a mirror keeps; ours by the last one, because an account's prefix stands before it. */
export type Images = Readonly<Record<string, Image>>;

/** The image of a container; `undefined` where its program is not here. */
export function imageOf(images: Images, { image }: Json): Image | undefined {
  const parts = repository(image).split("/");
  return images[parts.slice(-2).join("/")] ?? images[parts.at(-1)!];
}

/** The image's repository, without tag and digest. */
export function repository(image: string): string {
  return image.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
}
