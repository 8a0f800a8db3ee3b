package main

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
)

//go:embed go.mod
var moduleFile string

// versions of what is built, as pinned in go.mod.
type versions struct {
	kubernetes, etcd, kwok string // with a leading "v"
}

func pinnedVersions() versions {
	return versions{
		kubernetes: pinnedVersion("k8s.io/kubernetes"),
		etcd:       pinnedVersion("go.etcd.io/etcd/server/v3"),
		kwok:       pinnedVersion("sigs.k8s.io/kwok"),
	}
}

func pinnedVersion(module string) string {
	line := regexp.MustCompile(`(?m)^\s*` + regexp.QuoteMeta(module) + ` (v\S+)`)
	match := line.FindStringSubmatch(moduleFile)
	if match == nil {
		panic("go.mod does not pin " + module)
	}
	return match[1]
}

// folderName names the cache folder, so that another version never finds these binaries.
func (v versions) folderName() string {
	return fmt.Sprintf("kubernetes-%s_etcd-%s_kwok-%s", v.kubernetes, v.etcd, v.kwok)
}

// linkerFlags make the binaries say their version; without them they call themselves v0.0.0.
func (v versions) linkerFlags() string {
	parts := strings.SplitN(strings.TrimPrefix(v.kubernetes, "v"), ".", 3)
	flags := []string{"-s", "-w"}
	for _, variables := range []string{"k8s.io/component-base/version", "k8s.io/client-go/pkg/version"} {
		flags = append(flags,
			"-X", variables+".gitVersion="+v.kubernetes,
			"-X", variables+".gitMajor="+parts[0],
			"-X", variables+".gitMinor="+parts[1])
	}
	return strings.Join(flags, " ")
}
