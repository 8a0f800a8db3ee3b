package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// target is what a request is about.
type target struct {
	Method      string `json:"method"`
	Resource    string `json:"resource"` // plural, lower case; empty for paths that name none
	Subresource string `json:"subresource,omitempty"`
	Namespace   string `json:"namespace,omitempty"`
	Name        string `json:"name,omitempty"`
	Watch       bool   `json:"watch,omitempty"`
	DryRun      bool   `json:"dryRun,omitempty"`
}

// notWrites are posted or renewed all the time and change nothing that a decision rests on.
var notWrites = []string{"events", "leases", "subjectaccessreviews", "selfsubjectaccessreviews", "tokenreviews"}

func targetOf(r *http.Request) target {
	query := r.URL.Query()
	t := target{Method: r.Method, Watch: query.Get("watch") == "1" || query.Get("watch") == "true",
		DryRun: query.Has("dryRun")}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case len(parts) > 2 && parts[0] == "api":
		parts = parts[2:]
	case len(parts) > 3 && parts[0] == "apis":
		parts = parts[3:]
	default:
		return t
	}
	if parts[0] == "namespaces" && len(parts) > 2 {
		t.Namespace, parts = parts[1], parts[2:]
	}
	parts = append(parts, "", "")
	t.Resource, t.Name, t.Subresource = parts[0], parts[1], parts[2]
	return t
}

// isWrite tells whether the request may change what decisions rest on.
func (t target) isWrite() bool {
	return t.Method != http.MethodGet && t.Method != http.MethodHead && !t.DryRun && !slices.Contains(notWrites, t.Resource)
}

// isList tells whether the request reads a collection once.
func (t target) isList() bool {
	return t.Method == http.MethodGet && t.Resource != "" && t.Name == "" && !t.Watch
}

// lacksPreconditions says what is missing where a request ends an object without saying which: the
// uid and the version that the decision was made for. Leases go by name: each is its holder's own.
func (t target) lacksPreconditions(body []byte) string {
	isEviction := t.Method == http.MethodPost && t.Subresource == "eviction"
	if t.DryRun || t.Resource == "leases" || (t.Method != http.MethodDelete && !isEviction) {
		return ""
	}
	type preconditions struct {
		UID             string `json:"uid"`
		ResourceVersion string `json:"resourceVersion"`
	}
	var sent struct {
		Preconditions preconditions `json:"preconditions"`
		DeleteOptions struct {
			Preconditions preconditions `json:"preconditions"`
		} `json:"deleteOptions"`
	}
	if len(body) > 0 && json.Unmarshal(body, &sent) != nil {
		return "a body that is no JSON"
	}
	stated := sent.Preconditions
	if isEviction {
		stated = sent.DeleteOptions.Preconditions
	}
	switch {
	case stated.UID == "":
		return "no uid in the preconditions"
	case stated.ResourceVersion == "":
		return "no resourceVersion in the preconditions"
	}
	return ""
}
