package api

import (
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/flags"
	"kiln/scanners/rbac"
)

func authentication() scanners.Check {
	return scanners.Check{
		ID: "api/authentication", Layer: scanners.API, Severity: scanners.Medium,
		Title:      "The API server takes somebody's word for who they are, or logs people in with what can't be revoked",
		References: []string{"CIS 3.1.1", "CIS 3.1.2", "CIS 3.1.3", "C-0286", "C-0287", "C-0288"},
		Fix:        scanners.Manual,
		Needs:      []kube.Resource{kube.APIServerFlags},
		Reads:      rbac.Resources(),
		Find:       findAuthentication,
	}
}

func findAuthentication(inv *kube.Inventory) scanners.Result {
	result := scanners.Result{Note: "the API server accepts " + strings.Join(accepted(inv), ", ")}
	fault := func(key, message string, severity scanners.Severity) {
		result.Hits = append(result.Hits, scanners.Hit{
			Object: scanners.APIServer(inv), Path: flags.Path, Key: key, Message: message, Severity: severity,
		})
	}
	if anyProxy(inv) {
		fault("requestheader-allowed-names", "takes the word of whoever holds any client certificate for who they are: "+
			"set --requestheader-allowed-names, or give --requestheader-client-ca-file an authority of its own", scanners.Critical)
	}
	if flags.Of(inv, "oidc-groups-claim").Set && !flags.Of(inv, "oidc-groups-prefix").Set {
		fault("oidc-groups-prefix", "takes the names of groups from the identity provider as they are, "+
			"so that whoever may name a group there may name it system:masters: set --oidc-groups-prefix", scanners.High)
	}
	if flags.Of(inv, "oidc-username-prefix").Text == "-" {
		fault("oidc-username-prefix", "takes names from the identity provider as they are, "+
			"so that somebody there may bear the name of a component: set --oidc-username-prefix", 0)
	}
	if file := flags.Of(inv, "authentication-config"); file.Set {
		result.Unknown = fmt.Sprintf("who else is let in stands in the file %s of --authentication-config, which can't be read through the API", kube.Clean(file.Text))
		return result
	}
	if people := named(inv); len(people) > 0 && !hasIdentityProvider(inv) {
		fault("people", fmt.Sprintf("knows no identity provider, so that %s can only log in with client certificates, which can't be revoked: "+
			"set --oidc-issuer-url or --authentication-config", few(people)), scanners.Low)
	}
	return result
}

// accepted lists by what the API server knows who calls, for people.
func accepted(inv *kube.Inventory) []string {
	var ways []string
	for _, way := range []struct{ flag, means string }{
		{"client-ca-file", "client certificates"},
		{"token-auth-file", "tokens from a file"},
		{"enable-bootstrap-token-auth", "bootstrap tokens"},
		{"oidc-issuer-url", "OpenID Connect"},
		{"authentication-config", "what the file of --authentication-config says"},
		{"authentication-token-webhook-config-file", "tokens that a webhook knows"},
		{"requestheader-client-ca-file", "a proxy that vouches for its users"},
	} {
		if value := flags.Of(inv, way.flag); value.Set && value.Bool(true) {
			ways = append(ways, way.means)
		}
	}
	ways = append(ways, "ServiceAccounts' tokens")
	if !flags.Of(inv, "authentication-config").Set && flags.Of(inv, "anonymous-auth").Bool(true) {
		ways = append(ways, "anonymous requests")
	}
	return ways
}

// anyProxy: the headers in which a proxy names its user are believed to anybody
// with a certificate of that authority, if no names are given. Where the same
// authority signs all clients, that is everybody.
func anyProxy(inv *kube.Inventory) bool {
	proxies, clients := flags.Of(inv, "requestheader-client-ca-file"), flags.Of(inv, "client-ca-file")
	return proxies.Set && proxies.Text == clients.Text && len(flags.Of(inv, "requestheader-allowed-names").List()) == 0
}

func hasIdentityProvider(inv *kube.Inventory) bool {
	return flags.Of(inv, "oidc-issuer-url").Set || flags.Of(inv, "authentication-token-webhook-config-file").Set
}

// named are the people that bindings name; groups may well be those of
// certificates that last an hour.
func named(inv *kube.Inventory) []string {
	var people []string
	for _, grant := range rbac.GraphOf(inv).Grants {
		if grant.Subject.Kind == rbacv1.UserKind && !strings.HasPrefix(grant.Subject.Name, "system:") && !slices.Contains(people, grant.Subject.Name) {
			people = append(people, grant.Subject.Name)
		}
	}
	slices.Sort(people)
	return people
}

// few names the first of many.
func few(names []string) string {
	const most = 3
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
