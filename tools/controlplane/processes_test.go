package main

import (
	"os"
	"path/filepath"
	"testing"
)

// A server whose "binary" is a shell script that becomes a sleep: like the real servers it forks
// nothing, so that no child of it can be born between the search and the kill.
func startSleeper(t *testing.T, name string) settings {
	t.Helper()
	s := settings{Folder: t.TempDir(), Binaries: t.TempDir()}
	script := []byte("#!/bin/sh\nexec sleep 600\n")
	if err := os.WriteFile(filepath.Join(s.Binaries, name), script, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := s.start(server{name: name}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(name, s.Folder) })
	return s
}

func TestAServerIsFoundByItsFolderAlone(t *testing.T) {
	mine, other := startSleeper(t, "etcd"), startSleeper(t, "etcd")
	if err := stop("etcd", mine.Folder); err != nil {
		t.Fatal(err)
	}
	if ids, err := find("etcd", mine.Folder); err != nil || len(ids) > 0 {
		t.Errorf("still alive: %v, %v", ids, err)
	}
	if ids, err := find("etcd", other.Folder); err != nil || len(ids) == 0 {
		t.Errorf("the other folder's server was stopped too: %v, %v", ids, err)
	}
}

func TestAServerThatDiedIsNotFound(t *testing.T) {
	s := startSleeper(t, "kwok")
	if err := stop("kwok", s.Folder); err != nil {
		t.Fatal(err)
	}
	if err := stopAll(s.Folder); err != nil {
		t.Errorf("stopping nothing must succeed: %v", err)
	}
}
