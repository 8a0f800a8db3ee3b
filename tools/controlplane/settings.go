package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
)

// settings of one control plane, kept in its folder so that later commands find them.
type settings struct {
	Folder   string `json:"-"`        // absolute
	Binaries string `json:"binaries"` // absolute
	Audit    bool   `json:"audit"`
	Ports    ports  `json:"ports"`
}

type ports struct {
	EtcdClient        int `json:"etcdClient"`
	EtcdPeer          int `json:"etcdPeer"`
	APIServer         int `json:"apiServer"`
	Scheduler         int `json:"scheduler"`
	ControllerManager int `json:"controllerManager"`
	Kwok              int `json:"kwok"`
}

const settingsFile = "settings.json"

func (s settings) path(name string) string { return filepath.Join(s.Folder, name) }

func (s settings) serverURL() string { return "https://" + localAddress(s.Ports.APIServer) }

func localAddress(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

func (s settings) save() error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(s.path(settingsFile), text, 0o644)
}

func loadSettings(folder string) (settings, error) {
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return settings{}, err
	}
	text, err := os.ReadFile(filepath.Join(absolute, settingsFile))
	if err != nil {
		return settings{}, fmt.Errorf("no control plane was started in %s: %w", absolute, err)
	}
	s := settings{Folder: absolute}
	return s, json.Unmarshal(text, &s)
}

// freePorts picks ports below the kernel's ephemeral range: an outgoing connection of another
// program cannot take one between the choice and its use.
func freePorts() (ports, error) {
	var chosen ports
	taken := map[int]bool{}
	for _, port := range []*int{&chosen.EtcdClient, &chosen.EtcdPeer, &chosen.APIServer,
		&chosen.Scheduler, &chosen.ControllerManager, &chosen.Kwok} {
		free, err := freePort(taken)
		if err != nil {
			return ports{}, err
		}
		*port, taken[free] = free, true
	}
	return chosen, nil
}

func freePort(taken map[int]bool) (int, error) {
	const first, count, attempts = 20000, 12000, 200
	for range attempts {
		port := first + rand.IntN(count)
		if taken[port] {
			continue
		}
		if listener, err := net.Listen("tcp", localAddress(port)); err == nil {
			return port, listener.Close()
		}
	}
	return 0, fmt.Errorf("no free port on 127.0.0.1 between %d and %d", first, first+count-1)
}
