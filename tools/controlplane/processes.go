package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// markVariable in a process's environment names its server and folder. It is how processes are
// found again: unlike a file of process ids it cannot be stale, lost, or name a stranger.
const markVariable = "MIGADAPTER_CONTROLPLANE_PROCESS"

func mark(server, folder string) string { return markVariable + "=" + server + "@" + folder }

// start runs a server of its own session, so that it outlives this program and its terminal.
func (s settings) start(server server) error {
	log, err := os.OpenFile(s.path(server.name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	process := exec.Command(filepath.Join(s.Binaries, server.name), server.arguments...)
	process.Dir = s.Folder
	process.Env = append(os.Environ(), mark(server.name, s.Folder))
	process.Stdout, process.Stderr = log, log
	process.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := process.Start(); err != nil {
		return fmt.Errorf("start %s: %w", server.name, err)
	}
	go process.Wait() // so that a child that dies at once does not look alive
	return nil
}

// find returns the ids of the living processes of a server of a folder.
func find(server, folder string) ([]int, error) {
	environments, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		return nil, err
	}
	var found []int
	for _, path := range environments {
		environment, err := os.ReadFile(path)
		if err != nil {
			continue // gone meanwhile, or another user's
		}
		if !bytes.Contains(append(environment, 0), []byte(mark(server, folder)+"\x00")) {
			continue
		}
		id, err := strconv.Atoi(strings.Split(path, "/")[2])
		if err != nil {
			return nil, err
		}
		found = append(found, id)
	}
	return found, nil
}

// stop kills a server and returns when it is gone, so that its ports and files are free.
func stop(server, folder string) error {
	ids, err := find(server, folder)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := syscall.Kill(id, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("end %s (process %d): %w", server, id, err)
		}
	}
	for _, id := range ids {
		if err := waitUntilGone(id); err != nil {
			return fmt.Errorf("%s: %w", server, err)
		}
	}
	return nil
}

func waitUntilGone(id int) error {
	const patience, interval = 10 * time.Second, 10 * time.Millisecond
	for deadline := time.Now().Add(patience); !isGone(id); time.Sleep(interval) {
		if time.Now().After(deadline) {
			return fmt.Errorf("process %d does not end", id)
		}
	}
	return nil
}

// isGone tells whether a process has closed its files: none is left of it but perhaps a zombie. The
// kernel takes a dying process's environment first and its sockets with the last of its threads, so
// not finding it any more does not mean that its port is free.
func isGone(id int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", id))
	if err != nil {
		return true
	}
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", id))
	isZombie := bytes.HasPrefix(stat[bytes.LastIndexByte(stat, ')'):], []byte(") Z"))
	return err != nil || (isZombie && len(threads) == 1)
}

// stopAll ends whatever runs for the folder, clients first.
func stopAll(folder string) error {
	servers := settings{}.servers()
	for i := len(servers) - 1; i >= 0; i-- {
		// A client given time to end cleanly would only wait for the API server's streams.
		if err := stop(servers[i].name, folder); err != nil {
			return err
		}
	}
	return nil
}
