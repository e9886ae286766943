/**
 * Header of a request whose TLS has ended before the gateway. cert-manager does not run in a rehearsal, so that the gateway has no
 * certificate; without the header it would answer with its redirect to HTTPS. The gateway believes one proxy in front of it
 * (`gatewayTopology` of the rehearsal's istiod).
 */
export const TLS_ENDED = { "x-forwarded-proto": "https" } as const;
