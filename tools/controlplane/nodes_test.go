package main

import (
	"maps"
	"strings"
	"testing"
)

func TestABalancedA100OffersTheResourcesOfTheWalkthrough(t *testing.T) {
	nodes, err := describeNodes(nodeOptions{model: "A100-40GB", config: "all-balanced", prefix: "gpu", count: 2, gpus: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(nodes) != 2 || nodes[1].Metadata.Name != "gpu-1" {
		t.Fatalf("got nodes %+v", nodes)
	}
	offered := nodes[0].Status.Allocatable
	for resource, count := range map[string]string{
		"nvidia.com/mig-1g.5gb": "2", "nvidia.com/mig-2g.10gb": "1", "nvidia.com/mig-3g.20gb": "1",
	} {
		if offered[resource] != count {
			t.Errorf("%s: got %q, want %s", resource, offered[resource], count)
		}
	}
}

func TestLabelsAreThoseOfGPUFeatureDiscovery(t *testing.T) {
	nodes, err := describeNodes(nodeOptions{model: "H100-SXM5-80GB", config: "1g.10gb+me=1,2g.20gb=1",
		prefix: "gpu", count: 1, gpus: 4, labels: []string{"zone=a"}, taints: []string{"nvidia.com/gpu=present:NoSchedule"}})
	if err != nil {
		t.Fatal(err)
	}
	labels := nodes[0].Metadata.Labels
	for key, value := range map[string]string{
		"nvidia.com/gpu.product":                    "NVIDIA-H100-80GB-HBM3",
		"nvidia.com/gpu.count":                      "4",
		"nvidia.com/mig.strategy":                   "mixed",
		"nvidia.com/mig-1g.10gb.me.product":         "NVIDIA-H100-80GB-HBM3-MIG-1g.10gb.me",
		"nvidia.com/mig-2g.20gb.count":              "4",
		"nvidia.com/mig-2g.20gb.multiprocessors":    "32",
		"nvidia.com/mig-2g.20gb.memory":             "20096",
		"nvidia.com/mig-1g.10gb.me.engines.decoder": "1",
		"zone": "a",
	} {
		if labels[key] != value {
			t.Errorf("label %s: got %q, want %q", key, labels[key], value)
		}
	}
	if got := nodes[0].Spec.Taints; len(got) != 1 || got[0] != (taint{"nvidia.com/gpu", "present", "NoSchedule"}) {
		t.Errorf("got taints %v", got)
	}
}

func TestEveryNamedConfigurationOfEveryModelFitsItsGPU(t *testing.T) {
	known, err := loadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, gpu := range known.GPUs {
		for name, geometry := range known.NamedConfigs.PerGPU[gpu.Model] {
			got, err := known.geometry(gpu, name)
			if err != nil || !maps.Equal(got, geometry) || !gpu.canHold(geometry) {
				t.Errorf("%s %s: got %v, %v", gpu.Model, name, got, err)
			}
		}
	}
}

func TestAConfigurationThatNoGPUCanHaveIsRefused(t *testing.T) {
	known, err := loadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	gpu, err := known.gpu("A100-40GB")
	if err != nil {
		t.Fatal(err)
	}
	for config, reason := range map[string]string{
		"4g.20gb=1,3g.20gb=1,1g.5gb=1": "cannot hold", // compute slices are left, memory slices are not
		"7g.40gb=2":                    "cannot hold",
		"9g.90gb=1":                    "no profile",
		"1g.5gb=many":                  "not PROFILE=COUNT",
		"all-9g.90gb":                  "no configuration",
	} {
		if _, err := known.geometry(gpu, config); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: got %v, want %q", config, err, reason)
		}
	}
	for _, config := range []string{"4g.20gb=1,3g.20gb=1", "4g.20gb=1,2g.10gb=1,1g.5gb=1", "1g.5gb=7"} {
		if _, err := known.geometry(gpu, config); err != nil {
			t.Errorf("%s: %v", config, err)
		}
	}
}
