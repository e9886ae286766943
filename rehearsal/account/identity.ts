import { tagsOf } from "../state.ts";
import { type Question, Refusal } from "./question.ts";

const PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider";

/** Whose the credentials are, and whom the account trusts. */
export const IDENTITY_QUESTIONS: readonly Question[] = [
  {
    service: "sts",
    operation: "get-caller-identity",
    global: true,
    answer: ({ id }) => ({ UserId: "AIDAREHEARSAL", Account: id, Arn: `arn:aws:iam::${id}:user/rehearsal` }),
  },
  {
    service: "iam",
    operation: "list-open-id-connect-providers",
    global: true,
    answer: ({ id, names }) => ({
      OpenIDConnectProviderList: names(PROVIDER).map((url) => ({
        Arn: `arn:aws:iam::${id}:oidc-provider/${url.replace("https://", "")}`,
      })),
    }),
  },
  {
    service: "iam",
    operation: "list-open-id-connect-provider-tags",
    required: ["open-id-connect-provider-arn"],
    global: true,
    answer({ made }, asked) {
      const arn = asked.one("open-id-connect-provider-arn");
      const found = made(PROVIDER).find(({ outputs }) => (outputs as { arn?: string }).arn === arn);
      if (found === undefined) {
        throw new Refusal("NoSuchEntity", `OpenIDConnect Provider not found for arn ${arn}`);
      }
      return { Tags: Object.entries(tagsOf(found)).map(([Key, Value]) => ({ Key, Value })) };
    },
  },
];
