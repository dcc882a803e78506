package fixes

import (
	"fmt"
	"time"

	"kiln/kube"
)

// invalidSince has the API server refuse a token that never expires; without
// it the token is valid again.
const invalidSince = "kubernetes.io/legacy-token-invalid-since"

// legacyTokenSecret has the API server refuse the token, which keeps the way
// back open: a deleted one is gone for good.
func legacyTokenSecret() Recipe {
	return Recipe{Check: "data/legacy-token-secret", Plan: func(s Situation) (Plan, error) {
		account := s.Live.GetAnnotations()["kubernetes.io/service-account.name"]
		change := applyTo(s.Live)
		change.Apply.SetLabels(map[string]string{invalidSince: s.Inventory.TakenAt.Format(time.DateOnly)})
		notes := []string{
			"Whoever still logs in with it is refused, and the audit log says so. Taking this back makes it valid again.",
			fmt.Sprintf("Once nobody misses it, delete it: kubectl delete %s", target(kube.RefOf(s.Live))),
			fmt.Sprintf("Who needs a token can have one that expires: kubectl create token %s%s", quote(account), inNamespace(kube.RefOf(s.Live))),
		}
		if used := s.Live.GetLabels()["kubernetes.io/legacy-token-last-used"]; used != "" {
			notes = append([]string{"It was last used on " + used + "."}, notes...)
		}
		return Plan{Title: fmt.Sprintf("Make the token of ServiceAccount %s in Secret %s invalid", account, s.Live.GetName()), Changes: []Change{change}, Notes: notes}, nil
	}}
}
