package kube

import (
	"regexp"
	"strings"
)

// The signs by which a value is taken for secret. They rather mask too much.

var (
	secretName   = regexp.MustCompile(`(?i)pass(word|wd|phrase)?$|pass(word|wd|phrase)|secret|token|credential|api[-_.]?key|access[-_.]?key|private[-_.]?key|encryption[-_.]?key|signing[-_.]?key|authorization|connection[-_.]?string|(^|[-_.])(pwd|dsn|pat)($|[-_.])`)
	plainSetting = regexp.MustCompile(`^(true|false|yes|no|on|off|[0-9]{1,5})$`)
	markPattern  = regexp.MustCompile(`^<masked( [0-9]+>)?$`) // also where a pattern ends at its blank
	// itemName is the name among the keys of a list's item.
	itemName = regexp.MustCompile(`"name":"([^"]*)"`)

	passwordInURL  = regexp.MustCompile(`([a-zA-Z][a-zA-Z0-9+.-]*://[^/\s:@]*:)([^@\s/]+)(@)`)
	passwordInFlag = regexp.MustCompile(`(?i)((?:^|\s)-{1,2}[\w.-]*(?:password|passwd|secret|token|api-?key|access-?key)[\w.-]*[= ])([^\s-]\S*)()`)
	bearerToken    = regexp.MustCompile(`(?i)(bearer\s+)([\w.~+/=-]{8,})()`)
	privateKey     = regexp.MustCompile(`(?s)(-----BEGIN [A-Z ]*PRIVATE KEY-----)(.+?)(-----END|$)`)
)

func secretParts() []*regexp.Regexp {
	return []*regexp.Regexp{passwordInURL, passwordInFlag, bearerToken, privateKey}
}

func isSecretName(name string) bool { return secretName.MatchString(name) }

func isPlainSetting(text string) bool { return plainSetting.MatchString(text) }

func isMark(text string) bool { return markPattern.MatchString(text) }

// isSecretFlag finds a command-line flag whose value is the next argument.
func isSecretFlag(argument string) bool {
	return strings.HasPrefix(argument, "-") && !strings.Contains(argument, "=") && isSecretName(argument)
}

// holdsValue tells the fields that hold a user's value from those of
// Kubernetes, whose names may say secret but which only name one: secretName,
// secretKeyRef.name, serviceAccountToken.path.
func holdsValue(field string) bool {
	switch field {
	case "secretName", "tokenSecret", "automountServiceAccountToken", "serviceAccountToken", "name", "key", "kind", "path", "audience", "namespace":
		return false
	}
	return true
}
