package main

import (
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

func TestEveryPodStageTakesAsLongAsItsAnnotationSays(t *testing.T) {
	text, err := kwokStages()
	if err != nil {
		t.Fatal(err)
	}
	delays := map[string]string{
		"pod-ready":    startAfterAnnotation,
		"pod-complete": runForAnnotation,
		"pod-delete":   stopAfterAnnotation,
	}
	for _, document := range strings.Split(string(text), "---\n")[1:] {
		var parsed struct {
			Metadata struct{ Name string }
			Spec     struct {
				Delay struct {
					DurationFrom struct{ JQ struct{ Expression string } }
				}
			}
		}
		if err := yaml.Unmarshal([]byte(document), &parsed); err != nil {
			t.Fatal(err)
		}
		wanted := delays[parsed.Metadata.Name]
		if got := parsed.Spec.Delay.DurationFrom.JQ.Expression; !strings.Contains(got, wanted) {
			t.Errorf("stage %s is delayed by %q, not by %s", parsed.Metadata.Name, got, wanted)
		}
		delete(delays, parsed.Metadata.Name)
	}
	if len(delays) > 0 {
		t.Errorf("kwok has no stages %v", delays)
	}
}
