package kube

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

// TraceIdentity is who a request is made by.
type TraceIdentity struct {
	// Credential is how the connection proves who it is, and Own who the
	// server takes it for.
	Credential Credential
	Own        authenticationv1.UserInfo
	// User is who the request acts as: Own, unless somebody is impersonated.
	User authenticationv1.UserInfo
	// Assumed says that the server didn't tell: User is what it should be.
	Assumed bool
	// Err is why the server didn't tell: usually, that we may not impersonate.
	Err error
}

// Refused says that we may not act as the one who was asked for.
func (i TraceIdentity) Refused() bool { return i.Err != nil && apierrors.IsForbidden(i.Err) }

// Credential is what a connection shows to the server. It never holds the
// secret itself.
type Credential struct {
	// Kind is "client certificate", "bearer token" and the like.
	Kind string
	// Facts are sentences about it, as far as they are known.
	Facts []string
}

// traceIdentity asks the server who we are, and who we are to it when we act
// as somebody else.
func (c *Cluster) traceIdentity(ctx context.Context, asker *Cluster, req TraceRequest) TraceIdentity {
	id := TraceIdentity{Credential: credentialOf(c.Config)}
	if !req.Impersonates() {
		id.Own, id.Err = c.whoAmI(ctx)
		id.User, id.Assumed = id.Own, id.Err != nil
		if as := c.Config.Impersonate.UserName; as != "" {
			id.Credential.Facts = append(id.Credential.Facts, "with it the connection acts as "+Clean(as)+", by --as or the kubeconfig")
		}
		return id
	}
	if behind, err := c.unimpersonated(); err == nil {
		id.Own, _ = behind.whoAmI(ctx) // not known then
	}
	if id.User, id.Err = asker.whoAmI(ctx); id.Err != nil {
		id.User, id.Assumed = assumed(req.As), true
	}
	return id
}

// unimpersonated is the connection as whom its credential is for: acting as
// somebody else takes the place of whom a kubeconfig acts as.
func (c *Cluster) unimpersonated() (*Cluster, error) {
	if c.Config.Impersonate.UserName == "" {
		return c, nil
	}
	config := rest.CopyConfig(c.Config)
	config.Impersonate = rest.ImpersonationConfig{}
	return NewCluster(config, c.Context)
}

func (c *Cluster) whoAmI(ctx context.Context) (authenticationv1.UserInfo, error) {
	review, err := c.Client.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		return authenticationv1.UserInfo{}, err
	}
	return review.Status.UserInfo, nil
}

const (
	serviceAccountPrefix = "system:serviceaccount:"
	everyAccount         = "system:serviceaccounts"
	authenticated        = "system:authenticated"
	anonymous            = "system:anonymous"
)

// assumed is who the server would take somebody for, by its own rules: a
// ServiceAccount is in the groups of ServiceAccounts, and all but the anonymous
// are authenticated.
func assumed(as rest.ImpersonationConfig) authenticationv1.UserInfo {
	user := authenticationv1.UserInfo{Username: as.UserName, UID: as.UID, Groups: slices.Clone(as.Groups)}
	if account, ok := strings.CutPrefix(as.UserName, serviceAccountPrefix); ok && len(as.Groups) == 0 {
		namespace, _, _ := strings.Cut(account, ":")
		user.Groups = append(user.Groups, everyAccount, everyAccount+":"+namespace)
	}
	group := authenticated
	if as.UserName == anonymous {
		group = "system:unauthenticated"
	}
	if !slices.Contains(user.Groups, group) {
		user.Groups = append(user.Groups, group)
	}
	for key, values := range as.Extra {
		if user.Extra == nil {
			user.Extra = map[string]authenticationv1.ExtraValue{}
		}
		user.Extra[key] = values
	}
	return user
}

// credentialOf says what a configuration proves itself with. The order is the
// server's: a certificate is looked at before a token.
func credentialOf(config *rest.Config) Credential {
	certificate, err := clientCertificate(config)
	switch {
	case err != nil:
		return Credential{"client certificate", []string{Clean(err.Error())}}
	case certificate != nil:
		return Credential{"client certificate", []string{
			"its subject is " + certificate.Subject + ": the common name (CN) becomes the user, each organisation (O) a group",
			"it is valid until " + certificate.NotAfter.Format(time.RFC3339) + "; Kubernetes can't take a certificate back before",
		}}
	case config.ExecProvider != nil:
		return Credential{"exec plugin", []string{"the kubeconfig has " + Clean(config.ExecProvider.Command) + " fetch it"}}
	case config.AuthProvider != nil:
		return Credential{"auth provider", []string{"of the name " + Clean(config.AuthProvider.Name)}}
	case config.BearerToken != "" || config.BearerTokenFile != "":
		return Credential{"bearer token", tokenFacts(config)}
	case config.Username != "":
		return Credential{"user name and password", nil}
	}
	return Credential{"none", []string{"the server takes a request without credentials for " + anonymous + ", if it accepts it at all"}}
}

// tokenFacts reads what a token says of itself, if it is a JSON web token.
// Whether that is true, only the server can tell.
func tokenFacts(config *rest.Config) []string {
	token := config.BearerToken
	if config.BearerTokenFile != "" {
		if data, err := os.ReadFile(config.BearerTokenFile); err == nil {
			token = strings.TrimSpace(string(data))
		}
	}
	var claims struct {
		Issuer  string `json:"iss"`
		Subject string `json:"sub"`
		Expires int64  `json:"exp"`
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return []string{"the token says nothing by itself: the server looks it up"}
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(payload, &claims) != nil {
		return []string{"the token says nothing by itself: the server looks it up"}
	}
	facts := []string{fmt.Sprintf("it was issued by %s for %s", orNobody(claims.Issuer), orNobody(claims.Subject))}
	if claims.Expires == 0 {
		return append(facts, "it never expires")
	}
	return append(facts, "it is valid until "+time.Unix(claims.Expires, 0).UTC().Format(time.RFC3339))
}

func orNobody(text string) string {
	if text == "" {
		return "nobody named"
	}
	return Clean(text)
}
