package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const kubeconfigForm = `{"apiVersion":"v1","kind":"Config","current-context":"scale",
"contexts":[{"name":"scale","context":{"cluster":"scale","user":"scale","namespace":"default"}}],
"clusters":[{"name":"scale","cluster":{"server":%q,"certificate-authority-data":%q}}],
"users":[{"name":"scale","user":{"token":"scale"}}]}`

// client is the mig-adapter that is measured.
type client struct {
	command *exec.Cmd
	health  string
	ended   chan error
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

func startClient(program, kubeconfig, log string, more []string) (*client, error) {
	webhook, err := freeAddress()
	if err != nil {
		return nil, err
	}
	health, err := freeAddress()
	if err != nil {
		return nil, err
	}
	output, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer output.Close()
	flags := append([]string{"run", "--kubeconfig", kubeconfig, "--webhook-url", "https://" + webhook,
		"--webhook-listen", webhook, "--health-listen", health}, more...)
	command := exec.Command(program, flags...)
	command.Stdout, command.Stderr = output, output
	c := &client{command, health, make(chan error, 1)}
	if err := command.Start(); err != nil {
		return nil, err
	}
	go func() { c.ended <- command.Wait() }()
	return c, nil
}

func (c *client) waitUntilReady(patience time.Duration) error {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if len(c.ended) > 0 {
			return errors.New("mig-adapter ended before it was ready; --keep keeps its log")
		}
		answer, err := http.Get("http://" + c.health + "/readyz")
		if err != nil {
			continue
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return nil
		}
	}
	return fmt.Errorf("mig-adapter is not ready after %s", patience)
}

func (c *client) stop() error {
	c.command.Process.Signal(syscall.SIGTERM)
	return <-c.ended
}

// usage is what the kernel says about the process.
type usage struct {
	cpuSeconds           float64
	residentMib, peakMib float64
	ofFilesMib           float64
}

func (c *client) usage() (usage, error) {
	var u usage
	folder := fmt.Sprintf("/proc/%d/", c.command.Process.Pid)
	status, err := os.Open(folder + "status")
	if err != nil {
		return u, err
	}
	defer status.Close()
	into := map[string]*float64{"VmRSS:": &u.residentMib, "VmHWM:": &u.peakMib, "RssFile:": &u.ofFilesMib}
	for lines := bufio.NewScanner(status); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if place := into[fields[0]]; place != nil {
			kib, _ := strconv.ParseFloat(fields[1], 64)
			*place = kib / 1024
		}
	}
	stat, err := os.ReadFile(folder + "stat")
	if err != nil {
		return u, err
	}
	// The name may hold anything, so count from its end.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	for _, ticks := range fields[11:13] {
		count, _ := strconv.ParseFloat(ticks, 64)
		u.cpuSeconds += count / 100 // USER_HZ
	}
	return u, nil
}
