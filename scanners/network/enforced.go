package network

import "kiln/scanners"

// NotEnforcedID is the check that judges whether anything enforces policies.
const NotEnforcedID = "network/not-enforced"

// EnforcementText says in a sentence what its result means for who may talk to
// whom.
func EnforcementText(result scanners.CheckResult) string {
	switch result.Status {
	case scanners.Pass:
		return "A network plugin that enforces NetworkPolicies runs here."
	case scanners.Fail:
		text := "Nothing enforces NetworkPolicies here: everybody may talk to everybody, whatever is written below"
		if len(result.Findings) > 0 {
			text += " (" + result.Findings[0].Message + ")"
		}
		return text + "."
	}
	return "Whether NetworkPolicies are enforced isn't known: " + result.Reason + "."
}
