package data

import (
	"regexp"
	"strings"
)

// pattern is a credential that shows by its form alone.
type pattern struct {
	// anchors are words of which one must occur: looking for them is much
	// cheaper than the expression.
	anchors []string
	form    *regexp.Regexp
	what    string
}

// forms are the credentials whose issuers gave them a form.
func forms() []pattern {
	return []pattern{
		{[]string{"AKIA", "ASIA"}, regexp.MustCompile(`\b(AKIA|ASIA)[A-Z0-9]{16}\b`), "an AWS access key"},
		{[]string{"PRIVATE KEY"}, regexp.MustCompile(`-{3,5}BEGIN [A-Z ]*PRIVATE KEY`), "a private key"},
		{[]string{"eyJ"}, regexp.MustCompile(`\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}`), "a signed token (JWT)"},
		{[]string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_"}, regexp.MustCompile(`\bgh[pousr]_[A-Za-z0-9]{36,}`), "a GitHub token"},
		{[]string{"github_pat_"}, regexp.MustCompile(`\bgithub_pat_\w{22,}`), "a GitHub token"},
		{[]string{"glpat-"}, regexp.MustCompile(`\bglpat-[\w-]{20,}`), "a GitLab token"},
		{[]string{"xox"}, regexp.MustCompile(`\bxox[abeoprs]-[\w-]{10,}`), "a Slack token"},
		{[]string{"hooks.slack.com"}, regexp.MustCompile(`hooks\.slack\.com/services/T\w+/B\w+/\w{16,}`), "a Slack webhook"},
		{[]string{"_live_", "_test_"}, regexp.MustCompile(`\b[rs]k_(live|test)_[A-Za-z0-9]{16,}`), "a Stripe key"},
		{[]string{"AIza"}, regexp.MustCompile(`\bAIza[\w-]{35}`), "a Google API key"},
		{[]string{"SG."}, regexp.MustCompile(`\bSG\.[\w-]{22}\.[\w-]{43}`), "a SendGrid key"},
		{[]string{"npm_"}, regexp.MustCompile(`\bnpm_[A-Za-z0-9]{36}`), "an npm token"},
		{[]string{"hvs."}, regexp.MustCompile(`\bhvs\.[\w-]{24,}`), "a Vault token"},
		{[]string{"AccountKey=", "SharedAccessKey="}, regexp.MustCompile(`\b(AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{30,}`), "a storage or bus key"},
	}
}

var (
	// inlinePassword is the password of a URL such as redis://:pass@host.
	inlinePassword = regexp.MustCompile(`\b[a-zA-Z][a-zA-Z0-9+.-]*://[^\s:/@"']*:([^\s@/"']+)@[\w\[$]`)
	// connectionPassword is the password of a connection string such as
	// Server=db;User Id=app;Password=pass.
	connectionPassword = regexp.MustCompile(`(?i)(?:^|;)\s*(?:password|pwd)\s*=\s*([^;]+)`)
)

// byForm says what credential a value holds by its form, or nothing.
func byForm(patterns []pattern, value string) string {
	for _, p := range patterns {
		for _, anchor := range p.anchors {
			if strings.Contains(value, anchor) && p.form.MatchString(value) {
				return p.what
			}
		}
	}
	if strings.Contains(value, "://") && strings.Contains(value, "@") {
		for _, m := range inlinePassword.FindAllStringSubmatch(value, -1) {
			if !reference(m[1]) {
				return "a URL with a password"
			}
		}
	}
	if strings.Contains(value, ";") {
		for _, m := range connectionPassword.FindAllStringSubmatch(value, -1) {
			if !reference(m[1]) {
				return "a connection string with a password"
			}
		}
	}
	return ""
}

// reference says that a value stands for another one: a variable, a template,
// a secret store's address, something masked or encrypted.
func reference(value string) bool {
	for _, mark := range []string{"$(", "${", "{{", "<%", "%(", "%{"} {
		if strings.Contains(value, mark) {
			return true
		}
	}
	for _, start := range []string{"$", "<", "vault:", "ref+", "op://", "arn:", "file:", "secret:", "env:", "ENC[", "ENC(", "!vault"} {
		if strings.HasPrefix(value, start) {
			return true
		}
	}
	switch strings.Trim(value, "*") {
	case "", "PASS", "PASSWORD", "REDACTED", "redacted", "%s":
		return true
	}
	return false
}
