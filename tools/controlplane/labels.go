package main

import (
	"strconv"
	"strings"
)

// featureLabels are those that GPU Feature Discovery writes on a node with MIG strategy mixed.
// https://github.com/NVIDIA/k8s-device-plugin/blob/main/docs/gpu-feature-discovery/README.md
func featureLabels(gpu gpu, geometry geometry, gpus int) map[string]string {
	product := gpu.product()
	labels := map[string]string{
		"kubernetes.io/arch":          "amd64",
		"kubernetes.io/os":            "linux",
		"nvidia.com/mig.capable":      "true",
		"nvidia.com/mig.strategy":     "mixed",
		"nvidia.com/mig.config.state": "success",
		"nvidia.com/gpu.present":      "true",
		"nvidia.com/gpu.product":      product,
		"nvidia.com/gpu.family":       strings.ToLower(gpu.Architecture),
		"nvidia.com/gpu.count":        strconv.Itoa(gpus),
		"nvidia.com/gpu.replicas":     "0", // of GPUs that are offered whole
	}
	if gpu.MemoryGiB > 0 {
		labels["nvidia.com/gpu.memory"] = strconv.Itoa(gpu.MemoryGiB * 1024)
	}
	for name, count := range geometry {
		profile, err := gpu.profile(name)
		if err != nil {
			continue
		}
		for key, value := range profile.labels(product, count*gpus) {
			labels[profile.Resource+"."+key] = value
		}
	}
	return labels
}

// product is the name that the driver reports. Models that nobody has seen go by their own name.
func (g gpu) product() string {
	if len(g.ProductLabels) > 0 {
		return g.ProductLabels[0]
	}
	return "NVIDIA-" + g.Model
}

// labels of one profile; facts that the catalogue lacks have no label.
func (p profile) labels(product string, count int) map[string]string {
	labels := map[string]string{
		"product":          product + "-MIG-" + strings.ReplaceAll(p.Name, "+", "."),
		"count":            strconv.Itoa(count),
		"replicas":         "1",
		"sharing-strategy": "none",
		"slices.gi":        strconv.Itoa(p.ComputeSlices),
		"slices.ci":        strconv.Itoa(p.ComputeSlices),
	}
	if p.MemoryMiB != nil {
		labels["memory"] = strconv.Itoa(*p.MemoryMiB)
	}
	for engine, key := range map[string]string{
		"sm": "multiprocessors", "ce": "engines.copy", "dec": "engines.decoder",
		"enc": "engines.encoder", "jpeg": "engines.jpeg", "ofa": "engines.ofa",
	} {
		if number := p.Engines[engine]; number != nil {
			labels[key] = strconv.Itoa(*number)
		}
	}
	return labels
}
