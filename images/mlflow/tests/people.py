"""Who calls the server in the tests. The rights are those of dev, written down: nothing is read from the platform's table."""

from dataclasses import dataclass
from typing import Any

from tests.issuers import Issuer

RIGHTS = {
    "data-scientist": ["read-registry", "track-runs", "register-candidates", "set-candidate"],
    "ml-engineer": ["read-registry", "track-runs", "register-candidates", "set-candidate", "set-champion"],
    "platform-engineer": ["read-registry", "administer-tracking"],
    "sre": ["read-registry"],
    "ci": ["read-registry", "register-candidates", "bring-versions", "set-candidate", "set-champion"],
    "trainer": ["read-registry", "track-runs", "register-candidates", "set-candidate"],
    "auditor": ["read-registry"],
}


FOLLOWS = ["acme/ml/.github/workflows/follow.yml@refs/heads/main", "acme/ml/.github/workflows/rollback.yml@refs/heads/main"]


@dataclass
class People:
    """Tokens of the seven roles, of a second team, and of nobody."""

    company: Issuer
    cluster: Issuer
    ci_service: Issuer

    def token(self, who: str) -> str:
        match who:
            case "trainer":
                return self.cluster.token(sub="system:serviceaccount:team-risk:jobs")
            case "other-trainer":
                return self.cluster.token(sub="system:serviceaccount:team-search:jobs")
            case "other-account":
                return self.cluster.token(sub="system:serviceaccount:team-risk:default")
            case "other-namespace":
                return self.cluster.token(sub="system:serviceaccount:models-risk:jobs")
            case "ci":
                return self.ci_service.token(sub="repo:acme/ml:environment:dev", repository_id="11")
            case "other-repository":
                return self.ci_service.token(sub="repo:evil/ml:environment:dev", repository_id="11")
            case _:
                return self.company.token(sub=f"id-{who}", email=f"{who}@example.com", groups=GROUPS[who])


GROUPS = {
    "data-scientist": ["everybody", "risk-data-scientists"],
    "ml-engineer": ["risk-ml-engineers"],
    "platform-engineer": ["millrace-platform-engineers"],
    "sre": ["millrace-sre"],
    "auditor": ["millrace-auditors"],
    "other-scientist": ["search-data-scientists"],
    "both-teams": ["risk-data-scientists", "search-data-scientists"],
    "nobody": ["everybody"],
}


def table(people: People) -> dict[str, Any]:
    """What the platform renders for dev."""
    company, cluster, ci = people.company, people.cluster, people.ci_service
    return {
        "rights": RIGHTS,
        "issuers": [
            {
                "issuer": company.url,
                "audience": company.audience,
                "keysUrl": f"{company.url}/keys",
                "claim": "groups",
                "nameClaim": "email",
                "members": {
                    "risk-data-scientists": {"role": "data-scientist", "team": "risk"},
                    "risk-ml-engineers": {"role": "ml-engineer", "team": "risk"},
                    "search-data-scientists": {"role": "data-scientist", "team": "search"},
                    "search-ml-engineers": {"role": "ml-engineer", "team": "search"},
                    "millrace-platform-engineers": {"role": "platform-engineer"},
                    "millrace-sre": {"role": "sre"},
                    "millrace-auditors": {"role": "auditor"},
                },
            },
            {
                "issuer": cluster.url,
                "audience": cluster.audience,
                "keysUrl": f"{cluster.url}/openid/v1/jwks",
                "claim": "sub",
                "members": {
                    "system:serviceaccount:team-{team}:jobs": {"role": "trainer"},
                },
            },
            {
                "issuer": ci.url,
                "audience": ci.audience,
                "keysUrl": f"{ci.url}/keys",
                "claim": "sub",
                "members": {
                    "repo:acme/ml:environment:dev": {"role": "ci"},
                    "repo:acme/ml:environment:dev-rollback": {"role": "ci", "only": {"job_workflow_ref": FOLLOWS}},
                },
                "required": {"repository_id": "11"},
            },
        ],
    }
