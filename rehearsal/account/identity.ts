import type { Question } from "./question.ts";

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
      OpenIDConnectProviderList: names("aws:iam/openIdConnectProvider:OpenIdConnectProvider").map((url) => ({
        Arn: `arn:aws:iam::${id}:oidc-provider/${url.replace("https://", "")}`,
      })),
    }),
  },
];
