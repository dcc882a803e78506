package fixes

import "kiln/kube"

// maskedError is an error in other words: a webhook may quote the values that
// it refuses.
type maskedError struct {
	error
	text string
}

func (e *maskedError) Error() string { return e.text }

func (e *maskedError) Unwrap() error { return e.error }

// withoutSecrets is the same error without the secrets that a plan moves about.
func withoutSecrets(err error, masker *kube.Masker) error {
	if err == nil {
		return nil
	}
	text := masker.Text(err.Error())
	if text == err.Error() {
		return err
	}
	return &maskedError{err, text}
}

func maskAll(texts []string, masker *kube.Masker) []string {
	for i, text := range texts {
		texts[i] = masker.Text(text)
	}
	return texts
}
