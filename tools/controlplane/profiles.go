package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// catalogue is what is used here of data/mig-profiles.json. Facts that nobody has seen are absent.
type catalogue struct {
	GPUs         []gpu `json:"gpus"`
	NamedConfigs struct {
		PerGPU map[string]map[string]geometry `json:"perGpu"`
	} `json:"namedConfigs"`
}

type gpu struct {
	Model         string    `json:"model"`
	Architecture  string    `json:"architecture"`
	ProductLabels []string  `json:"productLabels"`
	MemoryGiB     int       `json:"memoryGiB"`
	MemorySlices  int       `json:"memorySlices"`
	Profiles      []profile `json:"profiles"`
}

type profile struct {
	Name          string          `json:"name"`
	ComputeSlices int             `json:"computeSlices"`
	MemoryMiB     *int            `json:"memoryMiB"`
	MaxCount      int             `json:"maxCount"`
	Placements    []placement     `json:"placements"`
	Engines       map[string]*int `json:"engines"`
	Resource      string          `json:"resource"`
}

// placement is a run of memory slices on a GPU.
type placement struct {
	Start int `json:"start"`
	Size  int `json:"size"`
}

// geometry counts the instances of each profile on one GPU.
type geometry map[string]int

func loadCatalogue() (catalogue, error) {
	path := filepath.Join(sourceFolder(), "..", "..", "data", "mig-profiles.json")
	text, err := os.ReadFile(path)
	if err != nil {
		return catalogue{}, err
	}
	var parsed catalogue
	if err := json.Unmarshal(text, &parsed); err != nil {
		return catalogue{}, fmt.Errorf("%s: %w", path, err)
	}
	return parsed, nil
}

func (c catalogue) gpu(model string) (gpu, error) {
	var known []string
	for _, gpu := range c.GPUs {
		if gpu.Model == model {
			return gpu, nil
		}
		known = append(known, gpu.Model)
	}
	return gpu{}, fmt.Errorf("no GPU model %q; known: %s", model, strings.Join(known, ", "))
}

// geometry reads a configuration: a name of mig-parted's ("all-balanced", "all-1g.5gb") or a list
// such as "1g.5gb=2,3g.20gb=1" that fits on one GPU.
func (c catalogue) geometry(gpu gpu, config string) (geometry, error) {
	named := c.NamedConfigs.PerGPU[gpu.Model]
	if geometry, ok := named[config]; ok {
		return geometry, nil
	}
	if !strings.Contains(config, "=") {
		return nil, fmt.Errorf("%s has no configuration %q; known: %s, or a list such as 1g.5gb=2",
			gpu.Model, config, strings.Join(sortedKeys(named), ", "))
	}
	chosen := geometry{}
	for _, entry := range strings.Split(config, ",") {
		name, number, _ := strings.Cut(entry, "=")
		count, err := strconv.Atoi(number)
		if err != nil || count < 1 {
			return nil, fmt.Errorf("%q: not PROFILE=COUNT", entry)
		}
		if _, err := gpu.profile(name); err != nil {
			return nil, err
		}
		chosen[name] += count
	}
	if !gpu.canHold(chosen) {
		return nil, fmt.Errorf("one %s cannot hold %s at once", gpu.Model, config)
	}
	return chosen, nil
}

func (g gpu) profile(name string) (profile, error) {
	var known []string
	for _, profile := range g.Profiles {
		if profile.Name == name {
			return profile, nil
		}
		known = append(known, profile.Name)
	}
	return profile{}, fmt.Errorf("%s has no profile %q; known: %s", g.Model, name, strings.Join(known, ", "))
}

// canHold tells whether all instances find a place. Where placements are unknown only the profiles'
// own maximum counts.
func (g gpu) canHold(wanted geometry) bool {
	var instances []profile
	for _, name := range sortedKeys(wanted) {
		p, err := g.profile(name)
		if err != nil || wanted[name] > p.MaxCount {
			return false
		}
		if p.Placements != nil {
			instances = append(instances, slices.Repeat([]profile{p}, wanted[name])...)
		}
	}
	return place(instances, make([]bool, g.MemorySlices))
}

func place(instances []profile, used []bool) bool {
	if len(instances) == 0 {
		return true
	}
	for _, placement := range instances[0].Placements {
		run := used[placement.Start : placement.Start+placement.Size]
		if slices.Contains(run, true) {
			continue
		}
		next := slices.Clone(used)
		for slice := range placement.Size {
			next[placement.Start+slice] = true
		}
		if place(instances[1:], next) {
			return true
		}
	}
	return false
}

func sortedKeys[Value any](values map[string]Value) []string {
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
