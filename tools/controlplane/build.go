package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// assetsVariable names a folder with the binaries, as the tests of every controller project use it.
const assetsVariable = "KUBEBUILDER_ASSETS"

const progressInterval = 10 * time.Second

func binaryNames() []string {
	return []string{"etcd", "kube-apiserver", "kube-scheduler", "kube-controller-manager", "kubectl", "kwok"}
}

func runBuild(arguments []string) error {
	flags := flag.NewFlagSet("build", flag.ContinueOnError)
	if err := parseFlags(flags, arguments); err != nil {
		return err
	}
	folder, err := ensureBinaries()
	if err == nil {
		fmt.Println(folder)
	}
	return err
}

// ensureBinaries returns the folder that holds every binary: the user's own, the cache, or the cache
// after a build.
func ensureBinaries() (string, error) {
	if assets := os.Getenv(assetsVariable); assets != "" {
		if missing := missingBinaries(assets); len(missing) > 0 {
			return "", fmt.Errorf("%s=%s lacks %s: add them or unset it to have all built",
				assetsVariable, assets, strings.Join(missing, ", "))
		}
		return filepath.Abs(assets)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "mig-adapter", "controlplane", pinnedVersions().folderName(), "bin")
	if len(missingBinaries(folder)) == 0 {
		return folder, nil
	}
	return folder, buildBinaries(folder)
}

func missingBinaries(folder string) []string {
	var missing []string
	for _, name := range binaryNames() {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Mode()&0o111 == 0 {
			missing = append(missing, name)
		}
	}
	return missing
}

// buildBinaries builds beside the folder and moves the results, so that an interrupted build leaves
// nothing that looks finished. Two builds at once wait for each other.
func buildBinaries(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	unlock, err := lock(filepath.Join(filepath.Dir(folder), "lock"))
	if err != nil {
		return err
	}
	defer unlock()
	if len(missingBinaries(folder)) == 0 {
		return nil
	}
	scratch := filepath.Join(filepath.Dir(folder), "unfinished")
	if err := os.RemoveAll(scratch); err != nil { // of a build that was interrupted
		return err
	}
	if err := os.Mkdir(scratch, 0o755); err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	if err := compileAll(scratch); err != nil {
		return err
	}
	for _, name := range binaryNames() {
		if err := os.Rename(filepath.Join(scratch, name), filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	return nil
}

func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		file.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return func() { file.Close() }, nil
}

func compileAll(folder string) error {
	v := pinnedVersions()
	progress("Building Kubernetes %s, etcd %s and kwok %s: about 7 minutes on two cores and 3 GB of disk, once.",
		v.kubernetes, v.etcd, v.kwok)
	kubernetes := []string{"-ldflags", v.linkerFlags(), "-o", folder + "/",
		"k8s.io/kubernetes/cmd/kube-apiserver", "k8s.io/kubernetes/cmd/kube-scheduler",
		"k8s.io/kubernetes/cmd/kube-controller-manager", "k8s.io/kubernetes/cmd/kubectl",
		"sigs.k8s.io/kwok/cmd/kwok"}
	if err := compile("Kubernetes and kwok", kubernetes); err != nil {
		return err
	}
	etcd := []string{"-ldflags", "-s -w", "-o", filepath.Join(folder, "etcd"), "go.etcd.io/etcd/server/v3"}
	return compile("etcd", etcd)
}

// compile runs `go build` and tells every few seconds how far it is.
func compile(what string, arguments []string) error {
	build := exec.Command("go", append([]string{"build", "-v", "-trimpath"}, arguments...)...)
	build.Dir = sourceFolder()
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	output, err := build.StderrPipe()
	if err != nil {
		return err
	}
	if err := build.Start(); err != nil {
		return fmt.Errorf("%w: install Go (see README.md) or name a folder with the binaries in %s",
			err, assetsVariable)
	}
	var log buildLog
	stop := every(progressInterval, func(elapsed time.Duration) {
		progress("  %s: %d packages downloaded, %d compiled, %s",
			what, log.downloaded.Load(), log.compiled.Load(), elapsed.Round(time.Second))
	})
	defer stop()
	log.read(output)
	if err := build.Wait(); err != nil {
		return fmt.Errorf("go build of %s: %w\n%s", what, err, strings.Join(log.errors, "\n"))
	}
	return nil
}

// buildLog sorts the lines of `go build -v`.
type buildLog struct {
	downloaded, compiled atomic.Int64
	errors               []string
}

func (l *buildLog) read(output io.Reader) {
	for lines := bufio.NewScanner(output); lines.Scan(); {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "go: downloading "):
			l.downloaded.Add(1)
		case strings.ContainsAny(line, " :"):
			l.errors = append(l.errors, line)
		default:
			l.compiled.Add(1)
		}
	}
}

// every calls report regularly until the returned function is called.
func every(interval time.Duration, report func(elapsed time.Duration)) (stop func()) {
	start, ticker, done := time.Now(), time.NewTicker(interval), make(chan struct{})
	go func() {
		for {
			select {
			case <-ticker.C:
				report(time.Since(start))
			case <-done:
				return
			}
		}
	}()
	return func() { ticker.Stop(); close(done) }
}

// sourceFolder is where go.mod is; the launcher script names it.
func sourceFolder() string {
	if folder := os.Getenv("CONTROLPLANE_SOURCE"); folder != "" {
		return folder
	}
	return "."
}
