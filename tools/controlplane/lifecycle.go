package main

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

func folderFlag(flags *flag.FlagSet) *string {
	return flags.String("dir", "", "folder of the control plane (required)")
}

var errNoFolder = errors.New("--dir is required")

func runUp(arguments []string) error {
	flags := flag.NewFlagSet("up", flag.ContinueOnError)
	folder := folderFlag(flags)
	audit := flags.Bool("audit", false, "write audit.log in the folder: who did what, evictions with their body")
	if err := parseFlags(flags, arguments); err != nil {
		return err
	}
	if *folder == "" {
		return errNoFolder
	}
	binaries, err := ensureBinaries()
	if err != nil {
		return err
	}
	s, err := prepare(*folder, binaries, *audit)
	if err != nil {
		return err
	}
	if err := s.startAll(); err != nil {
		return errors.Join(err, stopAll(s.Folder))
	}
	fmt.Println(s.path(adminKubeconfig))
	return nil
}

// prepare clears what a predecessor left, dead or alive, and fills the folder anew.
func prepare(folder, binaries string, audit bool) (settings, error) {
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return settings{}, err
	}
	if err := clear(absolute); err != nil {
		return settings{}, err
	}
	chosen, err := freePorts()
	if err != nil {
		return settings{}, err
	}
	if err := os.MkdirAll(absolute, 0o755); err != nil {
		return settings{}, err
	}
	s := settings{Folder: absolute, Binaries: binaries, Audit: audit, Ports: chosen}
	// First, so that a later `up` or `down` knows the folder as ours whatever happens now.
	if err := s.save(); err != nil {
		return settings{}, err
	}
	return s, s.writeFiles()
}

// clear stops what runs for the folder and deletes it, but only if it is empty or was ours.
func clear(folder string) error {
	if err := stopAll(folder); err != nil {
		return err
	}
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) || (err == nil && len(entries) == 0) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := loadSettings(folder); err != nil {
		return fmt.Errorf("%s is not empty and not a control plane's: name another folder", folder)
	}
	return os.RemoveAll(folder)
}

func (s settings) startAll() error {
	begin := time.Now()
	client, err := s.apiClient()
	if err != nil {
		return err
	}
	for _, server := range s.servers() {
		if err := s.start(server); err != nil {
			return err
		}
		if server.name == apiServerName {
			if err := s.waitUntilServing(client, server); err != nil {
				return err
			}
		}
	}
	for _, server := range s.servers() {
		if err := s.waitUntilServing(client, server); err != nil {
			return err
		}
	}
	if err := s.waitUntilPodsAreAccepted(client); err != nil {
		return err
	}
	progress("control plane of Kubernetes %s ready after %.1f s", pinnedVersions().kubernetes,
		time.Since(begin).Seconds())
	return nil
}

// waitUntilPodsAreAccepted waits for the account that every new pod of the default namespace gets.
func (s settings) waitUntilPodsAreAccepted(client *http.Client) error {
	account := s.controllerManager()
	account.probe = s.serverURL() + "/api/v1/namespaces/default/serviceaccounts/default"
	return s.waitUntilServing(client, account)
}

func runDown(arguments []string) error {
	flags := flag.NewFlagSet("down", flag.ContinueOnError)
	folder := folderFlag(flags)
	keep := flags.Bool("keep-files", false, "leave the folder with its logs")
	if err := parseFlags(flags, arguments); err != nil {
		return err
	}
	if *folder == "" {
		return errNoFolder
	}
	absolute, err := filepath.Abs(*folder)
	if err != nil {
		return err
	}
	if *keep {
		return stopAll(absolute)
	}
	if err := clear(absolute); err != nil {
		return err
	}
	return os.RemoveAll(absolute)
}

func runRestart(arguments []string) error {
	flags := flag.NewFlagSet("restart-apiserver", flag.ContinueOnError)
	folder := folderFlag(flags)
	downFor := flags.Duration("down-for", 0, "how long to leave it down")
	if err := parseFlags(flags, arguments); err != nil {
		return err
	}
	s, err := loadSettings(*folder)
	if err != nil {
		return err
	}
	if err := stop(apiServerName, s.Folder); err != nil {
		return err
	}
	time.Sleep(*downFor)
	if err := s.start(s.apiServer()); err != nil {
		return err
	}
	client, err := s.apiClient()
	if err != nil {
		return err
	}
	return s.waitUntilServing(client, s.apiServer())
}

func runEnv(arguments []string) error {
	flags := flag.NewFlagSet("env", flag.ContinueOnError)
	folder := folderFlag(flags)
	if err := parseFlags(flags, arguments); err != nil {
		return err
	}
	s, err := loadSettings(*folder)
	if err != nil {
		return err
	}
	fmt.Printf("export KUBECONFIG=%q\nexport PATH=%q:\"$PATH\"\n", s.path(adminKubeconfig), s.Binaries)
	return nil
}
