package data

import (
	"strings"
	"testing"
)

// Values with the form of a real credential are put together here, so that
// no scanner of source code takes them for one.
var (
	awsKey      = "AKIA" + "IOSFODNN7EXAMPLE"
	jwt         = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0In0" + ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"
	githubToken = "ghp_" + strings.Repeat("a1B2", 9)
	slackToken  = "xoxb-" + "123456789012-abcdefABCDEF"
	stripeKey   = "sk_live_" + strings.Repeat("4eC3", 6)
	privateKey  = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"
)

func TestCredentials(t *testing.T) {
	d := newDetector()
	for _, c := range []struct{ name, value, want string }{
		{"DB_PASSWORD", "hunter2", "a password"},
		{"password", "xxx", "a password"},
		{"MYSQL_ROOT_PASSWORD", "123456", "a password"},
		{"PGPASSWORD", "p", "a password"},
		{"dbPasswd", "correct horse", "a password"},
		{"spring.datasource.password", "s3cret", "a password"},
		{"DB_PASS", "changeme", "a password"},
		{"ADMIN_PASSWORD_PROD", "x", "a password"},
		{"API_TOKEN", "abc-123", "a secret"},
		{"apiKey", "abcdef", "a secret"},
		{"AWS_SECRET_ACCESS_KEY", "xxx", "a secret"},
		{"AZURE_BATCH_KEY", "xxx", "a secret"},
		{"OCI_CLI_KEY_CONTENT", "xxx", "a secret"},
		{"OAUTH_CLIENT_SECRET", "supersecretvalue", "a secret"},
		{"HEROKU_KEY", "q7Zt2Vw9Lx4Rb8Ny1Km5Pd3", "a key"},
		{"X", awsKey, "an AWS access key"},
		{"X", privateKey, "a private key"},
		{"X", strings.ReplaceAll(privateKey, "-----", "---"), "a private key"},
		{"AUTHORIZATION", "Bearer " + jwt, "a signed token (JWT)"},
		{"X", githubToken, "a GitHub token"},
		{"X", slackToken, "a Slack token"},
		{"X", stripeKey, "a Stripe key"},
		{"DATABASE_URL", "postgres://shop:hunter2@db:5432/shop", "a URL with a password"},
		{"REDIS_URL", "redis://:hunter2@cache", "a URL with a password"},
		{"CONNECTION_STRING", "Server=db;User Id=app;Password=hunter2;", "a connection string with a password"},

		{"DB_PASSWORD", "", ""},
		{"DB_PASSWORD", "  ", ""},
		{"DB_PASSWORD", "$(OTHER)", ""},
		{"DB_PASSWORD", "${DB_PASSWORD}", ""},
		{"DB_PASSWORD", "{{ .Values.password }}", ""},
		{"DB_PASSWORD", "<your password>", ""},
		{"DB_PASSWORD", "********", ""},
		{"DB_PASSWORD", "vault:secret/data/db#password", ""},
		{"PASSWORD_FILE", "/run/secrets/db", ""},
		{"DB_PASSWORD", "/run/secrets/db", ""},
		{"GOOGLE_APPLICATION_CREDENTIALS", "/var/gcp/key.json", ""},
		{"MYSQL_ALLOW_EMPTY_PASSWORD", "yes", ""},
		{"RANDOM_PASSWORD", "1x", ""},
		{"PASSWORD_MIN_LENGTH", "8", ""},
		{"TOKEN_TTL", "3600", ""},
		{"ACCESS_TOKEN", "3600", ""},
		{"REFRESH_TOKEN", "720h", ""},
		{"MAX_TOKENS", "4096", ""},
		{"SECRET_NAME", "db-credentials", ""},
		{"TLS_SECRET", "shop-tls", ""},
		{"IMAGE_PULL_SECRET", "regcred", ""},
		{"TOKEN_URL", "https://login.example/token", ""},
		{"AUTH_TOKEN", "https://login.example/token", ""},
		{"JWT_PUBLIC_KEY", "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQ", ""},
		{"SIGNING_KEY", "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----", ""},
		{"PARTITION_KEY", "customer_id", ""},
		{"INSTRUMENTATION_KEY", "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0", ""},
		{"AWS_ACCESS_KEY_ID", "see the vault", ""},
		{"TOKENIZER", "wordpiece", ""},
		{"COMPASS", "north", ""},
		{"PWD", "/app", ""},
		{"HOME_URL", "https://shop.example/@team", ""},
		{"DATABASE_URL", "postgres://shop:$(DB_PASSWORD)@db/shop", ""},
		{"DATABASE_URL", "postgres://shop@db:5432/shop", ""},
		{"CONNECTION_STRING", "Server=db;Integrated Security=true;Password=${PW}", ""},
	} {
		if got := d.credential(c.name, c.value); got != c.want {
			t.Errorf("%s=%s is %q, want %q", c.name, c.value, got, c.want)
		}
	}
}
