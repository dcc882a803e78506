package main

import (
	"io"
	"net/url"
	"path/filepath"

	"kiln/scanners"
)

// SARIF 2.1.0 (OASIS), as far as code scanning services read it.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
	}
	// sarifInvocation tells what the scan could not judge.
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications"`
	}
	sarifNotification struct {
		Level   string         `json:"level"`
		Message sarifText      `json:"message"`
		Rule    sarifReference `json:"associatedRule"`
	}
	sarifReference struct {
		ID string `json:"id"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string         `json:"id"`
		ShortDescription sarifText      `json:"shortDescription"`
		Help             sarifText      `json:"help"`
		Configuration    sarifLevel     `json:"defaultConfiguration"`
		Properties       map[string]any `json:"properties"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		// Suppressions hold who has accepted the finding, if anybody.
		Suppressions []sarifSuppression `json:"suppressions"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
	sarifLocation struct {
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region struct {
			StartLine int `json:"startLine"`
		} `json:"region"`
	}
	sarifLogical struct {
		FullyQualifiedName string `json:"fullyQualifiedName"`
		Kind               string `json:"kind"`
	}
)

func writeSARIF(w io.Writer, r scanners.Report, checks []scanners.Check) error {
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "kiln", Version: version, Rules: []sarifRule{}}
	for _, c := range checks {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
			ID: c.ID, ShortDescription: sarifText{Text: c.Title},
			Help:          sarifText{Text: c.Title, Markdown: c.Lesson},
			Configuration: sarifLevel{levelOf(c.Severity)},
			Properties:    map[string]any{"tags": append([]string{"security", string(c.Layer)}, c.References...), "security-severity": scoreOf(c.Severity)},
		})
	}
	for _, f := range r.Findings {
		run.Results = append(run.Results, sarifResultOf(f))
	}
	run.Invocations = []sarifInvocation{{Successful: true, Notifications: notAssessed(r.Checks)}}
	return writeJSON(w, sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0", Runs: []sarifRun{run},
	})
}

// notAssessed has a notification for each check that could not be judged: a
// consumer that sees no results of it would take it for passed.
func notAssessed(checks []scanners.CheckStatus) []sarifNotification {
	notifications := []sarifNotification{}
	for _, c := range checks {
		if c.Status == scanners.NotKnown {
			notifications = append(notifications, sarifNotification{
				Level: "warning", Message: sarifText{Text: c.ID + " could not be assessed: " + c.Reason}, Rule: sarifReference{c.ID},
			})
		}
	}
	return notifications
}

func sarifResultOf(f scanners.Finding) sarifResult {
	location := sarifLocation{Logical: []sarifLogical{{FullyQualifiedName: f.Object.String(), Kind: "resource"}}}
	if f.Source != nil {
		location.Physical = &sarifPhysical{}
		location.Physical.Artifact.URI = (&url.URL{Path: filepath.ToSlash(f.Source.File)}).String()
		location.Physical.Region.StartLine = max(1, f.Source.Line)
	}
	result := sarifResult{
		RuleID: f.Check, Level: levelOf(f.Severity),
		Message:      sarifText{Text: f.Object.String() + ": " + f.Message},
		Locations:    []sarifLocation{location},
		Fingerprints: map[string]string{"kiln/v1": f.ID},
		Suppressions: []sarifSuppression{},
	}
	if f.Accepted.Holds() {
		kind := "external"
		if f.Accepted.From == "annotation" {
			kind = "inSource"
		}
		result.Suppressions = append(result.Suppressions, sarifSuppression{kind, f.Accepted.Reason})
	}
	return result
}

func levelOf(s scanners.Severity) string {
	switch s {
	case scanners.Critical, scanners.High:
		return "error"
	case scanners.Medium:
		return "warning"
	}
	return "note"
}

// scoreOf puts a severity on the scale that code scanning services sort by.
func scoreOf(s scanners.Severity) string {
	switch s {
	case scanners.Critical:
		return "9.5"
	case scanners.High:
		return "8.0"
	case scanners.Medium:
		return "5.5"
	case scanners.Low:
		return "3.0"
	}
	return "0.0"
}
