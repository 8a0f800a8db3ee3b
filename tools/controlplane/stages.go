package main

import (
	"bytes"
	"fmt"

	nodefast "sigs.k8s.io/kwok/kustomize/stage/node/fast"
	nodeheartbeat "sigs.k8s.io/kwok/kustomize/stage/node/heartbeat-with-lease"
	podfast "sigs.k8s.io/kwok/kustomize/stage/pod/fast"
	"sigs.k8s.io/yaml"
)

// Annotations of a pod that hold it in a phase for a time, such as "30s".
const (
	startAfterAnnotation = "controlplane.migadapter.io/start-after" // bound, but not yet Running
	runForAnnotation     = "controlplane.migadapter.io/run-for"     // Running, then Succeeded
	stopAfterAnnotation  = "controlplane.migadapter.io/stop-after"  // terminating, then gone
)

// kwokStages are kwok's own stages, with pods that take as long as their annotations say. Without
// annotations a pod runs at once, ends when it is deleted or at once when a Job owns it.
func kwokStages() ([]byte, error) {
	stages := []struct {
		text   string
		change func(stage)
	}{
		{nodefast.DefaultNodeInit, func(stage) {}},
		{nodeheartbeat.DefaultNodeHeartbeatWithLease, func(stage) {}},
		{podfast.DefaultPodReady, func(s stage) { s.delayBy(startAfterAnnotation) }},
		{podfast.DefaultPodComplete, func(s stage) { s.delayBy(runForAnnotation); s.selectEnding() }},
		{podfast.DefaultPodDelete, func(s stage) { s.delayBy(stopAfterAnnotation) }},
	}
	var all bytes.Buffer
	for _, entry := range stages {
		var parsed stage
		if err := yaml.Unmarshal([]byte(entry.text), &parsed); err != nil {
			return nil, fmt.Errorf("stage of kwok: %w", err)
		}
		entry.change(parsed)
		text, err := yaml.Marshal(parsed)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&all, "---\n%s", text)
	}
	return all.Bytes(), nil
}

// stage is a kwok Stage as parsed YAML.
type stage map[string]any

func (s stage) spec() map[string]any { return s["spec"].(map[string]any) }

func (s stage) delayBy(annotation string) {
	s.spec()["delay"] = map[string]any{
		"durationMilliseconds": 0,
		"durationFrom": map[string]any{
			"jq": map[string]any{"expression": fmt.Sprintf(".metadata.annotations[%q]", annotation)},
		},
	}
}

// selectEnding widens the stage from the pods of Jobs to all that say how long they run.
func (s stage) selectEnding() {
	ends := fmt.Sprintf(
		`.metadata | select(.annotations[%q] != null or any(.ownerReferences[]?; .kind == "Job")) | .name`,
		runForAnnotation)
	selector := s.spec()["selector"].(map[string]any)
	expressions := selector["matchExpressions"].([]any)
	selector["matchExpressions"] = append(expressions[:len(expressions)-1],
		map[string]any{"key": ends, "operator": "Exists"})
}
