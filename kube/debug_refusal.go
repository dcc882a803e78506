package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// MissingRightsError lists all rights that are missing for something.
type MissingRightsError struct {
	For       string
	Missing   []string // "create pods/exec"
	Namespace string
}

func (e *MissingRightsError) Error() string {
	return fmt.Sprintf("%s needs rights that you don't have in %s: %s", e.For, e.Namespace, strings.Join(e.Missing, ", "))
}

// PodSecurityError is a refusal by Pod Security admission.
type PodSecurityError struct {
	// Why is the server's reason: violates PodSecurity "restricted:latest": …
	Why string
	// Accepted are the profiles with which the same pod would take a debug
	// container; none if the pod itself is against its namespace's level.
	Accepted []string
}

func (e *PodSecurityError) Error() string {
	if len(e.Accepted) > 0 {
		return fmt.Sprintf("%s. The server would accept --profile %s", e.Why, strings.Join(e.Accepted, " or --profile "))
	}
	return e.Why + ". No profile would be accepted: adding a debug container has the whole pod judged again, " +
		"and it was against its namespace's level before; fix the pod first, or ask for an exemption"
}

// CheckDebug asks the server, without changing anything, whether it would take
// the debug container. It returns the pod as it would become.
func (c *Cluster) CheckDebug(ctx context.Context, pod *corev1.Pod, plan DebugPlan, o DebugOptions) (*corev1.Pod, error) {
	if err := c.debugRights(ctx, plan.Pod); err != nil {
		return nil, err
	}
	if err := c.checkNode(ctx, pod); err != nil {
		return nil, fmt.Errorf("no debug container for pod %s: %w", Clean(pod.Name), err)
	}
	after, err := c.AddDebugContainer(ctx, plan, DryRun)
	if why, refused := podSecurityReason(err); refused {
		return nil, &PodSecurityError{Why: why, Accepted: c.acceptedProfiles(ctx, pod, o)}
	}
	return after, err
}

// debugRights names what is missing of all that a debug session needs, at once.
func (c *Cluster) debugRights(ctx context.Context, pod Ref) error {
	return c.needRights(ctx, "a debug container", pod, [][2]string{{"patch", "ephemeralcontainers"}, {"create", "exec"}})
}

// needRights takes pairs of a verb and a subresource of the pod.
func (c *Cluster) needRights(ctx context.Context, what string, pod Ref, rights [][2]string) error {
	var missing []string
	for _, right := range rights {
		review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
			ResourceAttributes: &authorizationv1.ResourceAttributes{
				Verb: right[0], Resource: "pods", Subresource: right[1], Namespace: pod.Namespace, Name: pod.Name,
			},
		}}
		answer, err := c.Client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
		if err == nil && !answer.Status.Allowed {
			missing = append(missing, strings.TrimSuffix(right[0]+" pods/"+right[1], "/"))
		}
	}
	if missing != nil {
		return &MissingRightsError{For: what, Missing: missing, Namespace: pod.Namespace}
	}
	return ctx.Err()
}

// AddDebugContainer sends the plan's patch.
func (c *Cluster) AddDebugContainer(ctx context.Context, plan DebugPlan, mode WriteMode) (*corev1.Pod, error) {
	options := metav1.PatchOptions{DryRun: mode.dryRun(), FieldManager: FieldManager}
	pod, err := c.Client.CoreV1().Pods(plan.Pod.Namespace).
		Patch(ctx, plan.Pod.Name, types.StrategicMergePatchType, plan.Patch, options, "ephemeralcontainers")
	switch {
	case apierrors.IsNotFound(err) && isMissingSubresource(err):
		return nil, errors.New("this cluster has no ephemeral containers")
	case apierrors.IsNotFound(err), apierrors.IsConflict(err), isOtherUID(err):
		return nil, fmt.Errorf("%s was deleted meanwhile: %w", plan.Pod, err)
	}
	return pod, err
}

// isMissingSubresource tells a missing endpoint from a missing pod, which the
// answer names.
func isMissingSubresource(err error) bool {
	var status apierrors.APIStatus
	return errors.As(err, &status) && (status.Status().Details == nil || status.Status().Details.Name == "")
}

// isOtherUID recognizes the refusal to change the uid of a re-created pod.
func isOtherUID(err error) bool {
	_, found := apierrors.StatusCause(err, metav1.CauseTypeFieldValueInvalid)
	return found && strings.Contains(err.Error(), "metadata.uid")
}

// podSecurityReason finds Pod Security's own words in a refusal.
func podSecurityReason(err error) (string, bool) {
	if !apierrors.IsForbidden(err) {
		return "", false
	}
	_, reason, found := strings.Cut(err.Error(), "violates PodSecurity")
	return "it violates PodSecurity" + Clean(reason), found
}

// acceptedProfiles tries the other profiles, each in a dry run.
func (c *Cluster) acceptedProfiles(ctx context.Context, pod *corev1.Pod, o DebugOptions) []string {
	var accepted []string
	for _, profile := range DebugProfiles() {
		o.Profile, o.Custom = profile, nil
		plan, err := PlanDebug(pod, o, time.Now())
		if err != nil {
			continue
		}
		if _, err := c.AddDebugContainer(ctx, plan, DryRun); err == nil {
			accepted = append(accepted, profile)
		}
	}
	return accepted
}
