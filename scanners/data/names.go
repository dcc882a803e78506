package data

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// word lists by which a name tells what it names. A name is cut into words;
// what counts is how it ends: PASSWORD_FILE isn't a password.
func passwordWords() []string {
	return []string{"password", "passwords", "passwd", "pwd", "passphrase", "passcode", "requirepass"}
}

func secretWords() []string {
	return []string{"secret", "secrets", "token", "tokens", "credential", "credentials", "apikey", "secretkey", "accesskey", "privatekey", "authkey"}
}

// secretKeys are the words before "key" that make it one to keep.
func secretKeys() []string {
	return []string{"access", "account", "api", "auth", "batch", "cli", "client", "consumer", "crypt", "deploy", "encryption", "hmac", "master",
		"private", "secret", "service", "session", "shared", "sign", "signing", "ssh", "storage", "webhook"}
}

// qualifiers may follow without changing what is named: DB_PASSWORD_PROD,
// KEY_CONTENT, TOKEN_1.
func qualifiers() []string {
	return []string{"base64", "b64", "content", "contents", "current", "data", "default", "dev", "new", "old", "plain", "plaintext", "prod",
		"production", "raw", "staging", "string", "test", "text", "value"}
}

// nameKind is what a name promises.
type nameKind int

const (
	nothing nameKind = iota
	password
	secret
	// someKey is a key that may be one to a lock or to a table.
	someKey
)

// kindOf tells what a variable or key of that name holds.
func kindOf(name string) nameKind {
	if !mayTell(name) {
		return nothing
	}
	words := splitWords(name)
	for len(words) > 1 && (slices.Contains(qualifiers(), words[len(words)-1]) || isNumber(words[len(words)-1])) {
		words = words[:len(words)-1]
	}
	if len(words) == 0 {
		return nothing
	}
	last, before := words[len(words)-1], ""
	if len(words) > 1 {
		before = words[len(words)-2]
	}
	switch {
	case before == "public" || before == "empty" || before == "random":
		return nothing
	case last == "pass", endsInAny(last, passwordWords()):
		return password
	case slices.Contains(secretWords(), last), endsInAny(last, []string{"secret", "token", "apikey", "secretkey"}):
		return secret
	case last == "auth" && before == "basic", last == "cookie" && before == "erlang":
		return secret
	case last == "key" && slices.Contains(secretKeys(), before):
		return secret
	case last == "key":
		return someKey
	}
	return nothing
}

// mayTell spares most names the work of being cut into words.
func mayTell(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"pass", "pwd", "secret", "token", "key", "cred", "auth", "cookie"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// splitWords cuts DB_PASSWORD, db.password, db-password and dbPassword alike.
func splitWords(name string) []string {
	var spaced strings.Builder
	var before rune
	for _, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			spaced.WriteByte(' ')
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			r = ' '
		}
		spaced.WriteRune(unicode.ToLower(r))
		before = r
		if unicode.IsUpper(r) {
			before = 'A'
		}
	}
	return strings.Fields(spaced.String())
}

func endsInAny(word string, endings []string) bool {
	return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(word, e) })
}

var (
	number   = regexp.MustCompile(`^[+-]?[0-9][0-9_.]*$`)
	duration = regexp.MustCompile(`^[0-9.]+ ?(ns|us|ms|s|m|h|d|w|y|sec|secs|min|mins|hours?|days?|k|Ki|M|Mi|G|Gi|b|kb|mb|gb)$`)
	filePath = regexp.MustCompile(`^(~?|\.{1,2})/[\w./@-]*$|^[A-Za-z]:\\`)
	// secretName is how people name Secrets: my-tls-secret, registry-credentials.
	secretName = regexp.MustCompile(`^([a-z0-9.]+-)*(secrets?|creds|credentials?|tls|token|pull|regcred)(-[a-z0-9.]+)*$`)
	uuid       = regexp.MustCompile(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
)

func isNumber(value string) bool { return number.MatchString(value) }

// isSetting says that a value is a choice, a measure or a place, which no
// credential is, whatever its name.
func isSetting(value string) bool {
	switch strings.ToLower(value) {
	case "true", "false", "yes", "no", "on", "off", "enabled", "disabled", "none", "null", "nil", "~", "undefined", "auto", "always", "never",
		"optional", "required", "string", "str", "int", "integer", "bool", "boolean", "object", "array", "bytes", "bearer", "jwt", "{}", "[]", `""`, "''":
		return true
	}
	return duration.MatchString(value) || filePath.MatchString(value)
}
