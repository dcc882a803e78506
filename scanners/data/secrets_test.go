package data

import (
	"strings"
	"testing"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/scantest"
)

// pod is a manifest around one container in flow style.
func pod(container string) string {
	return "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [" + container + "]}}\n---\n"
}

func is(name, manifests string, want ...string) scantest.Case {
	return scantest.Case{Name: name, Manifests: manifests, Want: want}
}

func run(t *testing.T, check scanners.Check, cases ...scantest.Case) {
	t.Helper()
	scantest.Run(t, check, cases)
}

func TestSecretInEnvLiteral(t *testing.T) {
	run(t, secretInEnvLiteral(),
		is("variables of all containers", `{apiVersion: batch/v1, kind: CronJob, metadata: {name: web}, spec: {jobTemplate: {spec: {template: {spec: {
			initContainers: [{name: i, env: [{name: MODE, value: fast}, {name: API_TOKEN, value: abc}]}],
			containers: [{name: a, env: [{name: PASSWORD, value: hunter2}]}]}}}}}}`,
			`spec.jobTemplate.spec.template.spec.containers[0].env[0].value: container "a" has a password in the clear in variable PASSWORD`,
			`spec.jobTemplate.spec.template.spec.initContainers[0].env[1].value: init container "i" has a secret in the clear in variable API_TOKEN`),
		is("options in arguments, in both forms and in a script", pod(`{name: a, command: [sh, -c, "serve --port 80 --db-password 'hunter2'"],
			args: ["--api-key=abc", --token, xyz, --verbose]}`),
			`spec.containers[0].args[0]: container "a" has a secret in the clear in its option api-key`,
			`spec.containers[0].command[2]: container "a" has a password in the clear in its option db-password`,
			`spec.containers[0].args[1]: container "a" has a secret in the clear in its option token`),
		is("a URL as an argument", pod(`{name: a, args: ["migrate", "postgres://shop:hunter2@db/shop"]}`),
			`spec.containers[0].args[1]: container "a" has a URL with a password in the clear in its arg`),
		is("a password that follows its letter", pod(`{name: a, command: [sh, -c, "until mysql -u root -phunter2 -e 'select 1'; do sleep 1; done"]}`),
			`spec.containers[0].command: container "a" has a password in the clear in its command, for mysql -p`),
		is("a script in the arguments, with a variable and a pipe", pod(`{name: a, command: [/bin/bash, -ec], args: ["export PGPASSWORD=hunter2\npg_dump shop | gzip > /out\nredis-cli -a hunter2 ping"]}`),
			`spec.containers[0].args: container "a" has a password in the clear in its command, for PGPASSWORD`,
			`spec.containers[0].args: container "a" has a password in the clear in its command, for redis-cli -a`),
		is("without a shell", pod(`{name: a, command: [/usr/bin/curl, -u, "admin:hunter2", "https://x.example"]}`),
			`spec.containers[0].command: container "a" has a password in the clear in its command, for curl -u`),
		is("probes and hooks", pod(`{name: a, livenessProbe: {exec: {command: [mysqladmin, ping, -phunter2]}},
			readinessProbe: {exec: {command: [mysqladmin, ping, "-p$(PASSWORD)"]}}, lifecycle: {preStop: {exec: {command: [sh, -c, "docker login -u x -p hunter2"]}}}}`),
			`spec.containers[0].lifecycle.preStop.exec.command: container "a" has a password in the clear in its stop hook, for docker -p`,
			`spec.containers[0].livenessProbe.exec.command: container "a" has a password in the clear in its liveness probe, for mysqladmin -p`),
		is("a URL in a variable of a script that has options too", pod(`{name: a, command: [sh, -c, "DB=postgres://shop:hunter2@db/shop serve --port 80"]}`),
			`spec.containers[0].command[2]: container "a" has a URL with a password in the clear in its command`),
		is("letters that mean something else", pod(`{name: a, command: [sh, -c, "mkdir -p /data && mysql -p shop && mysql -p && mysql -P3306 && psql -p 5432 && cp -pr a b && ssh -p22 h && docker run -p 80:80 x && curl -u admin: h && curl -H a:b h"]}`)),
		is("passwords from elsewhere", pod(`{name: a, command: [sh, -c, "mysql -p$PASSWORD; mysql -p\"$(cat /run/p)\"; redis-cli -a \"${REDIS_PASSWORD}\"; curl -u \"$USER:$PASS\" h; PGPASSWORD=$P psql; TOKEN=$(cat /t) x; # mysql -phunter2"]}`)),
		is("a program of that name among the arguments", pod(`{name: a, command: [wait-for, mysql, -phunter2]}`)),
		is("references", pod(`{name: a, args: ["--password=$(PASSWORD)", "--token-file=/run/token", --password-file, /run/p],
			env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}, {name: EMPTY_PASSWORD}]}`)),
	)
}

func TestNoMessageHoldsAValue(t *testing.T) {
	inv := scantest.Files(t, pod(`{name: a, args: ["--password=hunter2", "redis://:hunter2@cache"], env: [{name: PASSWORD, value: hunter2}]}`)+
		"{apiVersion: v1, kind: ConfigMap, metadata: {name: c, labels: {password: hunter2}}, data: {password: hunter2, app.yaml: \"db:\\n  password: hunter2\\n\"}}")
	found := 0
	for _, r := range scanners.Evaluate(Checks(scanners.DefaultConfig()), inv) {
		for _, f := range r.Findings {
			found++
			if strings.Contains(f.Message+f.Path+f.Key, "hunter2") {
				t.Errorf("%s gives the value away: %s %s", f.Check, f.Path, f.Message)
			}
		}
	}
	if found < 6 {
		t.Errorf("only %d findings", found)
	}
}

func TestSecretEnvRef(t *testing.T) {
	run(t, secretEnvRef(),
		is("one variable, and all of a Secret", pod(`{name: a, envFrom: [{configMapRef: {name: c}}, {secretRef: {name: s}}],
			env: [{name: LEVEL, valueFrom: {configMapKeyRef: {name: c, key: l}}}, {name: PW, valueFrom: {secretKeyRef: {name: s, key: p}}}]}`),
			`spec.containers[0].envFrom[1].secretRef: container "a" gets all of Secret "s" as variables`,
			`spec.containers[0].env[1].valueFrom.secretKeyRef: container "a" gets p of Secret "s" as variable PW`),
		is("a volume", `{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {volumes: [{name: s, secret: {secretName: s}}],
			containers: [{name: a, volumeMounts: [{name: s, mountPath: /s}]}]}}`),
	)
}

func TestSecretInConfigMap(t *testing.T) {
	configMap := func(data string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n" + data
	}
	run(t, secretInConfigMap(),
		is("by its key", configMap("  db_password: abc123\n  db.password: abc123\n  user: postgres\n"),
			`data[db.password]: key "db.password" holds a password in the clear`,
			`data[db_password]: key "db_password" holds a password in the clear`),
		is("by its value", configMap("  ssh: |\n    "+strings.ReplaceAll(privateKey, "\n", "\n    ")+"\n  db: postgres://a:hunter2@db/x\n"),
			`data[db]: key "db" holds a URL with a password in the clear`,
			`data[ssh]: key "ssh" holds a private key in the clear`),
		is("in properties, YAML, JSON and shell", configMap(`  app.properties: |
    # password=none here
    spring.datasource.password = hunter2
  app.yaml: |
    db:
      host: db
      password: "hunter2" # for now
  app.json: '{"db": {"host": "db", "tokens": [{"apiKey": "abc"}]}}'
  .env: export PASSWORD=hunter2
`),
			`data[.env]: key ".env" holds a password in the clear, named PASSWORD`,
			`data[app.json]: key "app.json" holds a secret in the clear, named apiKey`,
			`data[app.properties]: key "app.properties" holds a password in the clear, named spring.datasource.password`,
			`data[app.yaml]: key "app.yaml" holds a password in the clear, named password`),
		is("what only speaks of secrets", configMap(`  app.yaml: |
    password: ${DB_PASSWORD}
    passwordFile: /run/secrets/db
    existingSecret: db-credentials
    secret:
      name: db
    token: |
      {{ .Token }}
    tokenTTL: 15m
    auth:
      password: ""
  schema.json: '{"properties": {"password": {"type": "string"}}}'
  start.sh: |
    PASSWORD=$(cat /run/secrets/db)
    password="$1"
    if [ -z "$PASSWORD" ]; then echo "password: missing"; fi
  main.py: |
    password = input
  ca.crt: |
    -----BEGIN CERTIFICATE-----
    MIIB
    -----END CERTIFICATE-----
  url: https://shop.example/login
`)),
	)
}

func TestSensitiveLabel(t *testing.T) {
	run(t, sensitiveLabel(),
		is("on the object and on its template", `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, labels: {api-token: abc}},
			spec: {template: {metadata: {annotations: {shop.example/db-password: hunter2}}, spec: {containers: [{name: a}]}}}}`,
			`metadata.labels[api-token]: label api-token holds a secret in the clear`,
			`spec.template.metadata.annotations[shop.example/db-password]: annotation shop.example/db-password holds a password in the clear`),
		is("personal data", `{apiVersion: v1, kind: Namespace, metadata: {name: jo, annotations: {ssn: 078-05-1120}}}`,
			`metadata.annotations[ssn]: annotation ssn holds personal data`),
		is("names, settings, contacts, Kubernetes' own", `{apiVersion: v1, kind: Service, metadata: {name: web, labels: {app: token-service, token: "true"},
			annotations: {nginx.ingress.kubernetes.io/auth-secret: basic-auth, owner-email: team@shop.example, checksum/secret: 9f86d081884c7d659a2feaa0c55ad015,
			kubectl.kubernetes.io/last-applied-configuration: '{"password": "hunter2"}', secret-name: db}}}`),
	)
}

func TestLegacyTokenSecret(t *testing.T) {
	secret := func(labels string) string {
		return `{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: {name: ci-token, labels: {` + labels + `},
			annotations: {kubernetes.io/service-account.name: ci}}}`
	}
	const path = "metadata.annotations[kubernetes.io/service-account.name]: "
	run(t, legacyTokenSecret(),
		is("in use", secret("kubernetes.io/legacy-token-last-used: 2026-11-01"), path+`holds a token of ServiceAccount "ci" that never expires, last used on 2026-11-01`),
		is("just made", secret(""), path+`holds a token of ServiceAccount "ci" that never expires`),
		is("made invalid by Kubernetes", secret("kubernetes.io/legacy-token-invalid-since: 2026-11-01")),
		is("another Secret", `{apiVersion: v1, kind: Secret, metadata: {name: db}, stringData: {p: x}}`),
	)
}

func TestEncryptionAtRest(t *testing.T) {
	for name, c := range map[string]struct {
		flags map[string]string
		want  scanners.Status
	}{
		"set":             {map[string]string{"encryption-provider-config": "/etc/kubernetes/enc.yaml"}, scanners.NotKnown}, // identity may come first
		"not set":         {map[string]string{"secure-port": "6443"}, scanners.Fail},
		"set to nothing":  {map[string]string{"encryption-provider-config": ""}, scanners.Fail},
		"nothing visible": {nil, scanners.NotKnown},
	} {
		t.Run(name, func(t *testing.T) {
			inv := &kube.Inventory{APIServer: kube.APIServer{Flags: c.flags, From: "/flagz"}}
			if got := scanners.Evaluate([]scanners.Check{encryptionAtRest()}, inv)[0]; got.Status != c.want {
				t.Errorf("%s: %s, want %s", got.Status, got.Reason, c.want)
			}
		})
	}
}

// TestNoLargeValuePassesUnread: what is left out of memory may hold anything.
func TestNoLargeValuePassesUnread(t *testing.T) {
	configMap := func(size int, end string) string {
		return "{apiVersion: v1, kind: ConfigMap, metadata: {name: big, namespace: shop}, data: {text: '" + strings.Repeat("x", size) + end + "'}}"
	}
	scantest.Judge(t, secretInConfigMap(), []scantest.Verdict{
		{Name: "looked at to its end", Objects: configMap(60<<10, "")},
		{Name: "larger", Objects: configMap(70<<10, "  password: hunter2!"), Unknown: "ConfigMap/big in shop[text]"},
		{Name: "larger, with a fault at its beginning", Objects: strings.Replace(configMap(70<<10, ""), "'xx", `'AKIA`+`QWERTYUIOPASDFGH `, 1), Unknown: "ConfigMap/big in shop[text]",
			Want: []string{"ConfigMap/big in shop | data[text] | text\x00"}},
	})
}
