package fixes

import (
	"fmt"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation"

	"kiln/kube"
)

const (
	secretQuestion = "secret"
	issuerQuestion = "issuer"
	hostQuestion   = "host"
)

// clusterIssuer is the annotation by which cert-manager makes the certificate.
const clusterIssuer = "cert-manager.io/cluster-issuer"

// ingressNoTLS adds the finding's host to the ingress's TLS, with a certificate
// that is there, or that cert-manager makes.
func ingressNoTLS() Recipe {
	return Recipe{Check: "network/ingress-no-tls", Questions: whichCertificate, Plan: func(s Situation) (Plan, error) {
		secret := s.Answers[secretQuestion]
		var ingress networkingv1.Ingress
		if err := unstructuredInto(s.Live, &ingress); err != nil {
			return Plan{}, err
		}
		if slices.ContainsFunc(ingress.Spec.TLS, func(tls networkingv1.IngressTLS) bool { return len(tls.Hosts) == 0 || hasHost(tls, s.Finding.Key) }) {
			return Plan{}, fmt.Errorf("%w: %s serves %s with TLS", ErrNothingToDo, s.Finding.Object, hostName(s.Finding.Key))
		}
		if secret == "" {
			return Plan{}, certificateByHand(s)
		}
		entry := map[string]any{"secretName": secret}
		what := hostName(s.Finding.Key)
		if host := s.Finding.Key; host != "" {
			entry["hosts"] = []any{host}
		}
		change := Change{Target: kube.RefOf(s.Live), UID: s.Live.GetUID(), Mechanism: JSONPatch}
		if list, found, _ := unstructured.NestedSlice(s.Live.Object, "spec", "tls"); found {
			change.Patch = []PatchOperation{{Op: "test", Path: "/spec/tls", Value: list}, {Op: "add", Path: "/spec/tls/-", Value: entry}}
		} else {
			change.Patch = []PatchOperation{{Op: "add", Path: "/spec/tls", Value: []any{entry}}}
		}
		notes := []string{
			"Most controllers send clients from HTTP to HTTPS then: those that can't speak it fail.",
			fmt.Sprintf("While Secret %s has no certificate for %s, clients get the controller's own, and refuse it.", secret, what),
		}
		if issuer := s.Answers[issuerQuestion]; issuer != "" {
			change.Patch = append(change.Patch, annotate(s.Live, clusterIssuer, issuer)...)
			notes = append(notes, fmt.Sprintf("cert-manager puts the certificate there, by ClusterIssuer %s.", issuer))
		}
		return Plan{Title: fmt.Sprintf("Serve %s of Ingress/%s with TLS", what, s.Live.GetName()), Changes: []Change{change}, Notes: notes}, nil
	}}
}

// annotate sets an annotation by a JSON patch.
func annotate(live *unstructured.Unstructured, key, value string) []PatchOperation {
	var operations []PatchOperation
	if len(live.GetAnnotations()) == 0 {
		operations = append(operations, PatchOperation{Op: "add", Path: "/metadata/annotations", Value: map[string]any{}})
	}
	return append(operations, PatchOperation{Op: "add", Path: pointer("metadata", "annotations", key), Value: value})
}

// whichCertificate suggests the Secrets that other ingresses of the namespace
// use, for their hosts or their parents; with cert-manager there is always one.
func whichCertificate(s Situation) []Question {
	secret := Question{Key: secretQuestion, Ask: "Which Secret holds the certificate?", Free: isName}
	var issuers []string
	for _, ing := range s.Inventory.Ingresses {
		if issuer := ing.Annotations[clusterIssuer]; issuer != "" && !slices.Contains(issuers, issuer) {
			issuers = append(issuers, issuer)
		}
		for _, tls := range ing.Spec.TLS {
			if ing.Namespace == s.Live.GetNamespace() && tls.SecretName != "" && hasHost(tls, s.Finding.Key) {
				secret.add(Choice{Value: tls.SecretName, Found: "Ingress/" + ing.Name + " has it for " + strings.Join(tls.Hosts, ", ")})
			}
		}
	}
	if len(issuers) == 0 {
		return []Question{secret}
	}
	secret.add(Choice{Value: s.Live.GetName() + "-tls", Label: "a new one, made by cert-manager"})
	issuer := Question{Key: issuerQuestion, Ask: "Which ClusterIssuer makes it?"}
	for _, name := range issuers {
		issuer.add(Choice{Value: name, Found: "other ingresses use it"})
	}
	return []Question{secret, issuer}
}

// hasHost says that a TLS entry's certificate is for a host.
func hasHost(tls networkingv1.IngressTLS, host string) bool {
	_, parent, _ := strings.Cut(host, ".")
	return slices.Contains(tls.Hosts, host) || parent != "" && slices.Contains(tls.Hosts, "*."+parent)
}

// isName checks a name that an object of the API could have.
func isName(text string) error {
	if problems := validation.IsDNS1123Subdomain(text); len(problems) > 0 {
		return fmt.Errorf("no object has such a name: %s", problems[0])
	}
	return nil
}

func certificateByHand(s Situation) error {
	g := &guide{finding: s.Finding, inv: s.Inventory}
	secret := s.Live.GetName() + "-tls"
	g.say("With the certificate and its key in tls.crt and tls.key (or let cert-manager make them):")
	g.run("openssl x509 -in tls.crt -noout -subject -ext subjectAltName -enddate")
	g.run("kubectl create secret tls %s -n %s --cert=tls.crt --key=tls.key", secret, s.Live.GetNamespace())
	g.run("kiln fix %s -n %s --object %s --answer %s", s.Finding.Check, s.Live.GetNamespace(), "Ingress/"+s.Live.GetName(), secretQuestion+"="+secret)
	host := s.Finding.Key
	if host == "" {
		host = "its hosts"
	}
	return &ManualError{Why: fmt.Sprintf("no ingress of the namespace has a certificate for %s yet", host), Steps: g.text()}
}

// ingressWildcard removes a rule for every host, or names the host that it is
// for.
func ingressWildcard() Recipe {
	return Recipe{Check: "network/ingress-wildcard", Questions: whichHost, Plan: func(s Situation) (Plan, error) {
		rules, _, err := unstructured.NestedSlice(s.Live.Object, "spec", "rules")
		if err != nil {
			return Plan{}, fmt.Errorf("reading the rules of %s: %w", s.Finding.Object, err)
		}
		at := slices.IndexFunc(rules, func(item any) bool {
			rule, _ := item.(map[string]any)
			host, _ := rule["host"].(string)
			return host == s.Finding.Key
		})
		if at < 0 {
			return Plan{}, wildcardByHand(s)
		}
		path := fmt.Sprintf("/spec/rules/%d", at)
		change := Change{
			Target: kube.RefOf(s.Live), UID: s.Live.GetUID(), Mechanism: JSONPatch,
			Patch: []PatchOperation{{Op: "test", Path: path, Value: rules[at]}},
		}
		notes := []string{"Clients that use other names get no answer any more; look at the controller's log for them first."}
		switch host := s.Answers[hostQuestion]; host {
		case "":
			return Plan{}, wildcardByHand(s)
		case hostsOfOthers:
			change.Patch = append(change.Patch, PatchOperation{Op: "remove", Path: path})
			return Plan{Title: fmt.Sprintf("Remove the rule for %s from Ingress/%s", hostName(s.Finding.Key), s.Live.GetName()), Changes: []Change{change}, Notes: notes}, nil
		default:
			change.Patch = append(change.Patch, PatchOperation{Op: "add", Path: path + "/host", Value: host})
			return Plan{Title: fmt.Sprintf("Serve %s alone, instead of %s", host, hostName(s.Finding.Key)), Changes: []Change{change}, Notes: notes}, nil
		}
	}}
}

// hostsOfOthers is the answer that the other rules' hosts are enough.
const hostsOfOthers = "none"

func whichHost(s Situation) []Question {
	q := Question{Key: hostQuestion, Ask: "Which host is the rule for?", Free: isHost}
	rules, _, _ := unstructured.NestedSlice(s.Live.Object, "spec", "rules")
	var named []string
	for _, item := range rules {
		rule, _ := item.(map[string]any)
		if host, _ := rule["host"].(string); host != "" && !strings.HasPrefix(host, "*") {
			named = append(named, host)
		}
	}
	if len(named) > 0 {
		q.add(Choice{Value: hostsOfOthers, Label: "none: the rule goes", Found: "other rules name " + strings.Join(named, ", ")})
	}
	return []Question{q}
}

func isHost(text string) error {
	if problems := validation.IsDNS1123Subdomain(text); len(problems) > 0 {
		return fmt.Errorf("it is no host's name: %s", problems[0])
	}
	return nil
}

func hostName(host string) string {
	if host == "" {
		return "every host"
	}
	return host
}

func wildcardByHand(s Situation) error {
	g := &guide{finding: s.Finding, inv: s.Inventory}
	g.keepCopy()
	g.say("Which names clients use, the controller's log tells. Then write those into the rules:")
	g.run("kubectl edit %s", g.target())
	return &ManualError{Why: fmt.Sprintf("which hosts are meant by %s can't be seen in the cluster", hostName(s.Finding.Key)), Steps: g.text()}
}
