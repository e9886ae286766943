import { flag, isSet, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";

/** Services without regions: where their provider is does not matter. */
const WORLDWIDE =
  /^aws:(account|budgets|ce|cloudfront|costexplorer|globalaccelerator|iam|organizations|route53|savingsplans|shield|waf)\//;

/** Types that AWS takes only in us-east-1 for what is worldwide, with what tells those from others of the type. */
const IN_US_EAST_1: Readonly<Record<string, (resource: Resource) => boolean>> = {
  "aws:acm/certificate:Certificate": () => true,
  "aws:acm/certificateValidation:CertificateValidation": () => true,
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": ({ inputs }) =>
    (text(inputs, "policyDocument") ?? "").includes("route53.amazonaws.com"),
  "aws:cloudwatch/metricAlarm:MetricAlarm": ({ inputs }) =>
    /^AWS\/(Billing|CloudFront|Route53)$/.test(text(inputs, "namespace") ?? ""),
  "aws:cur/reportDefinition:ReportDefinition": () => true,
  "aws:ecrpublic/repository:Repository": () => true,
  "aws:lambda/function:Function": ({ inputs }) => flag(inputs, "publish") === true && !isSet(inputs, "vpcConfig"),
  "aws:wafv2/ipSet:IpSet": ({ inputs }) => text(inputs, "scope") === "CLOUDFRONT",
  "aws:wafv2/regexPatternSet:RegexPatternSet": ({ inputs }) => text(inputs, "scope") === "CLOUDFRONT",
  "aws:wafv2/ruleGroup:RuleGroup": ({ inputs }) => text(inputs, "scope") === "CLOUDFRONT",
  "aws:wafv2/webAcl:WebAcl": ({ inputs }) => text(inputs, "scope") === "CLOUDFRONT",
};

/**
 * Whether AWS leaves no choice of region: the resource is worldwide, or serves what is and stands in us-east-1 (Amazon CloudFront
 * developer guide, "Requirements for using SSL/TLS certificates with CloudFront"; Route 53, billing alarms and WAF likewise).
 */
export const isWorldwide = (resource: Resource): boolean =>
  WORLDWIDE.test(resource.type) ||
  ((text(resource.inputs, "region") ?? text(resource.provider, "region")) === "us-east-1" &&
    (IN_US_EAST_1[resource.type]?.(resource) ?? false));
