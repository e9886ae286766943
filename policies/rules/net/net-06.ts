import { unless } from "../../findings.ts";
import { flag, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const FUNCTION_URL = "aws:lambda/functionUrl:FunctionUrl";
const METHOD = "aws:apigateway/method:Method";
const IDENTITIES = "aws:cognito/identityPool:IdentityPool";
const ROUTE = "aws:apigatewayv2/route:Route";

export const NET_06 = rule({
  id: "NET-06",
  title: "Addresses of functions, methods of APIs and pools of identities ask who calls",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP APIGateway.8"],
  remediation:
    "Set `authorizationType` to AWS_IAM, JWT or CUSTOM, or to COGNITO_USER_POOLS for a method, and leave `allowUnauthenticatedIdentities` out. For what everybody may call, write an exception with the reason.",
  peers: ["CKV_AWS_59", "CKV_AWS_258", "CKV_AWS_309", "prowler"],
  types: [FUNCTION_URL, METHOD, ROUTE, IDENTITIES],
  check: ({ type, inputs }) => {
    if (type === IDENTITIES) {
      const property = "allowUnauthenticatedIdentities";
      return unless(flag(inputs, property) !== true, { property, got: "true", want: "false: nobody then knows who calls" });
    }
    const property = type === METHOD ? "authorization" : "authorizationType";
    const got = text(inputs, property) ?? "NONE";
    const isOpen = got === "NONE" && !isWithoutCaller(type, text(inputs, type === METHOD ? "httpMethod" : "routeKey") ?? "");
    return unless(!isOpen || flag(inputs, "apiKeyRequired") === true, { property, got, want: "a way to tell who calls" });
  },
});

/** A browser asks before it sends who calls; a message over a socket follows a connection that was asked. */
const isWithoutCaller = (type: string, key: string): boolean =>
  type === METHOD ? key === "OPTIONS" : type === ROUTE && (key.startsWith("OPTIONS ") || !/^([A-Z]+ \/|\$connect$)/.test(key));
