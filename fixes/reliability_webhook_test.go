package fixes

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	registrationv1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
)

// webhook serves a validating webhook for deployments of the bench's namespace
// over HTTPS on loopback, and waits until the API server calls it.
func (b *bench) webhook(effects registrationv1.SideEffectClass, judge func(*admissionv1.AdmissionRequest) (refusal string)) *httptest.Server {
	b.Helper()
	called := make(chan struct{}, 1000)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var review admissionv1.AdmissionReview
		if err := json.NewDecoder(r.Body).Decode(&review); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		called <- struct{}{}
		response := &admissionv1.AdmissionResponse{UID: review.Request.UID, Allowed: true}
		if why := judge(review.Request); why != "" {
			response.Allowed, response.Result = false, &metav1.Status{Message: why, Code: http.StatusForbidden}
		}
		review.Request, review.Response = nil, response
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(review)
	}))
	b.Cleanup(server.Close)
	b.register(server, effects)
	probe := b.ref("apps/v1", "Deployment", "api")
	deadline := time.Now().Add(30 * time.Second)
	for {
		// A write that changes nothing still asks the webhook.
		_ = patchAs(b.Context(), b.cluster, "probe", probe, `{"metadata":{"labels":{"probe":"`+time.Now().Format("150405.000")+`"}}}`, false)
		select {
		case <-called:
			return server
		case <-time.After(100 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			b.Fatal("the API server doesn't call the webhook")
		}
	}
}

func (b *bench) register(server *httptest.Server, effects registrationv1.SideEffectClass) {
	b.Helper()
	url := server.URL + "/validate"
	fail, all := registrationv1.Fail, registrationv1.AllScopes
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	hooks := b.testbed.Client().AdmissionregistrationV1().ValidatingWebhookConfigurations()
	_, err := hooks.Create(b.Context(), &registrationv1.ValidatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: b.namespace},
		Webhooks: []registrationv1.ValidatingWebhook{{
			Name: "judge.kiln.test", ClientConfig: registrationv1.WebhookClientConfig{URL: &url, CABundle: certificate},
			Rules: []registrationv1.RuleWithOperations{{
				Operations: []registrationv1.OperationType{registrationv1.Update},
				Rule:       registrationv1.Rule{APIGroups: []string{"apps"}, APIVersions: []string{"v1"}, Resources: []string{"deployments"}, Scope: &all},
			}},
			FailurePolicy: &fail, SideEffects: &effects, AdmissionReviewVersions: []string{"v1"},
			NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": b.namespace}},
		}},
	}, metav1.CreateOptions{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = hooks.Delete(context.Background(), b.namespace, metav1.DeleteOptions{}) })
}

// ours says that a request is kiln's.
func ours(r *admissionv1.AdmissionRequest) bool {
	return strings.Contains(string(r.Object.Raw), `"manager":"kiln"`)
}

func TestWebhookThatRefusesIsInThePreview(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	b.webhook(registrationv1.SideEffectClassNone, func(r *admissionv1.AdmissionRequest) string {
		if ours(r) {
			return "no changes on Fridays"
		}
		return ""
	})
	preview := b.previewOf(b.plan(finding, nil))
	if preview.Err() == nil || !strings.Contains(preview.Err().Error(), "no changes on Fridays") {
		t.Fatalf("the preview says %v", preview.Err())
	}
	if _, err := b.fixer.Apply(t.Context(), preview, Options{}); err == nil {
		t.Error("applied in spite of it")
	}
	b.journalIsEmpty()
}

// One that changes its mind between the dry run and the write leaves an entry
// that says so, and nothing else.
func TestWebhookThatRefusesTheWrite(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	b.webhook(registrationv1.SideEffectClassNone, func(r *admissionv1.AdmissionRequest) string {
		if ours(r) && (r.DryRun == nil || !*r.DryRun) {
			return "no changes on Fridays"
		}
		return ""
	})
	first := b.read(finding.Object)
	entry, err := b.fixer.Apply(t.Context(), b.preview(finding), Options{})
	if err == nil || entry.State != Failed || !strings.Contains(entry.Error, "no changes on Fridays") {
		t.Errorf("%s %q, %v", entry.State, entry.Error, err)
	}
	b.isAsAtFirst(first)
	b.settleAndCheck(entry.ID)
}

// A webhook that nobody answers for is in the preview, too.
func TestWebhookThatIsGoneIsInThePreview(t *testing.T) {
	b := newBench(t)
	finding := b.privilegedDeployment()
	server := b.webhook(registrationv1.SideEffectClassNoneOnDryRun, func(*admissionv1.AdmissionRequest) string { return "" })
	server.CloseClientConnections()
	server.Close()
	preview := b.previewOf(b.plan(finding, nil))
	if preview.Err() == nil || !strings.Contains(preview.Err().Error(), "judge.kiln.test") {
		t.Errorf("the preview says %v", preview.Err())
	}
	b.journalIsEmpty()
}

// A webhook with side effects can't be asked in a dry run, and says why there
// is no preview. Only those from the times of v1beta1 say so: the API server
// takes no new ones, so that its words have to do.
func TestWebhookWithoutDryRun(t *testing.T) {
	err := refusal(Change{Target: kube.Ref{Kind: "Deployment", Name: "api"}}, apierrors.NewBadRequest(`admission webhook "judge.kiln.test" does not support dry run`))
	if !strings.Contains(err.Error(), "no preview of Deployment/api: an admission webhook can't do dry runs") || !strings.Contains(err.Error(), "judge.kiln.test") {
		t.Errorf("got %v", err)
	}
}
