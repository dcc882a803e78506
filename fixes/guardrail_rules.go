package fixes

import (
	"slices"

	"kiln/scanners"
)

// guardRule says in CEL what an object must be like for a check to find
// nothing wrong with it. Only what shows in one object by itself can be said.
type guardRule struct {
	check string
	on    guardedKinds
	// allowed is true of objects that may pass.
	allowed string
	// note says where the rule judges otherwise than the check; may be empty.
	note string
	// remark is what else there is to know of it; may be empty.
	remark string
}

// guardRules lists the rules, in the order of the layers. The configuration
// names the registries and the owner labels that two of them ask for.
func guardRules(config scanners.Config) []guardRule {
	return slices.Concat(
		accessRules(),
		networkRules(),
		podRules(),
		workloadRules(config),
		dataRules(),
	)
}

// Guarded lists the checks that a guardrail can keep fixed.
func Guarded(config scanners.Config) []string {
	var checks []string
	for _, rule := range guardRules(config) {
		checks = append(checks, rule.check)
	}
	return checks
}

// guardRuleFor finds the rule for a check.
func guardRuleFor(check string, config scanners.Config) (guardRule, bool) {
	rules := guardRules(config)
	i := slices.IndexFunc(rules, func(r guardRule) bool { return r.check == check })
	if i < 0 {
		return guardRule{}, false
	}
	return rules[i], true
}

func networkRules() []guardRule {
	return []guardRule{
		{check: "network/nodeport", on: services(), allowed: `object.spec.?type.orValue("") != "NodePort"`},
		{check: "network/external-ips", on: services(), allowed: `object.spec.?externalIPs.orValue([]).size() == 0`},
		{
			check: "network/public-loadbalancer", on: services(),
			allowed: `object.spec.?type.orValue("") != "LoadBalancer"
|| object.spec.?loadBalancerSourceRanges.orValue([]).exists(r, true) && !object.spec.?loadBalancerSourceRanges.orValue([]).exists(r, r.endsWith("/0"))
|| variables.annotations.exists(key, variables.annotations[key].lowerAscii() in ["internal", "intranet", "private"]
  || key.matches("-(internal|disable-public-network)$") && variables.annotations[key].lowerAscii() in ["true", "0.0.0.0/0"])`,
			note: "A load balancer has no address yet when it is asked for: it has to say that it is internal, or who may connect.",
		},
		{
			check: "network/ingress-no-tls", on: ingresses(),
			allowed: `object.spec.?rules.orValue([]).all(rule, rule.?host.orValue("") == "" && object.spec.?tls.orValue([]).size() > 0
|| object.spec.?tls.orValue([]).exists(tls, tls.?hosts.orValue([]).size() == 0
  || tls.hosts.exists(host, host == rule.?host.orValue("") || host == "*." + rule.?host.orValue("").replace(rule.?host.orValue("").split(".")[0] + ".", "", 1))))
&& (object.spec.?rules.orValue([]).size() > 0 || object.spec.?tls.orValue([]).size() > 0)
|| variables.annotations.exists(key, key.matches("/(certificate-arn|managed-certificates|pre-shared-cert|appgw-ssl-certificate)$") && variables.annotations[key] != ""
  || key.matches("/(ssl-passthrough|router\\.tls)$") && variables.annotations[key] == "true"
  || key == "alb.ingress.kubernetes.io/listen-ports" && variables.annotations[key].contains("HTTPS"))`,
		},
		{
			check: "network/ingress-wildcard", on: ingresses(),
			allowed: `object.spec.?rules.orValue([]).all(rule, rule.?host.orValue("") != "" && !rule.host.startsWith("*"))
&& (object.spec.?rules.orValue([]).size() > 0 || !has(object.spec.defaultBackend))`,
		},
		{
			check: "network/ingress-snippets", on: ingresses(),
			allowed: `!variables.annotations.exists(key, key.matches("^nginx\\.(ingress\\.kubernetes\\.io|org)/.*-snippets?$"))`,
		},
	}
}

func dataRules() []guardRule {
	return []guardRule{
		{
			check: "data/secret-in-env-literal", on: workloads(),
			allowed: `!variables.containers.exists(c, c.?env.orValue([]).exists(e, has(e.value) && e.value != ""
&& (e.value.matches("` + credentialForms + `")
  || e.name.matches("` + passwordNames + `") && !e.value.matches("` + noCredential + `"))))`,
			note: "It goes by the variables' names and by well-known forms of credentials. The check looks into arguments as well, and at how random a key is.",
		},
		{
			check: "data/secret-env-ref", on: workloads(),
			allowed: `!variables.containers.exists(c, c.?env.orValue([]).exists(e, has(e.valueFrom) && has(e.valueFrom.secretKeyRef))
|| c.?envFrom.orValue([]).exists(e, has(e.secretRef)))`,
		},
		{
			check: "data/legacy-token-secret", on: secrets(),
			allowed: `object.?type.orValue("") != "kubernetes.io/service-account-token"`,
		},
	}
}

// What an environment variable's value shows by itself, what its name tells,
// and values that are no credential whatever the name says: references,
// numbers, choices, durations and paths. Backslashes are doubled for CEL.
const (
	credentialForms = `(AKIA|ASIA)[A-Z0-9]{16}|BEGIN [A-Z ]*PRIVATE KEY|eyJ[0-9A-Za-z_-]{8,}\\.eyJ|gh[pousr]_[A-Za-z0-9]{36}|github_pat_|glpat-|xox[abeoprs]-|[rs]k_(live|test)_|://[^ :/@]*:[^ @/$<{]+@`
	passwordNames   = `(?i)(passw(or)?ds?|passwd|pwd|passphrase|passcode|requirepass|(^|[_.-])pass|secrets?|tokens?|credentials?|(access|account|api|auth|client|encryption|hmac|master|private|secret|shared|signing|ssh|storage|webhook)[_.-]?key)([_.-]?(base64|b64|content|current|data|default|dev|new|old|plain|prod|production|raw|staging|test|text|value|[0-9]+))*$`
	noCredential    = `(?i)^([+-]?[0-9][0-9_.]*( ?[a-z]{1,5})?|true|false|yes|no|on|off|enabled|disabled|none|null|nil|auto|always|never|optional|required|bearer|jwt|\\*+|redacted|~?/.*|\\.{1,2}/.*)$|\\$\\(|\\$\\{|\\{\\{|<%|^[$<]|^(vault:|ref\\+|op://|arn:|file:|secret:|env:|ENC\\[)|^([a-z0-9.]+-)*(secrets?|creds|credentials?|tls|token|pull|regcred)(-[a-z0-9.]+)*$|^[a-z]+://[^@]*$`
)
