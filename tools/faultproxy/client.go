package main

import (
	"sync"
	"syscall"
)

// client is the process behind the requests. Thread-safe.
type client struct {
	mutex sync.Mutex
	id    int
	due   bool // killed before its id was known
}

// is says which process it is; 0: none.
func (c *client) is(id int) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.id = id
	c.killIfDue()
}

// kill ends it as a crash does, at once or as soon as its id is known.
func (c *client) kill() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.due = true
	c.killIfDue()
}

func (c *client) forget() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.id, c.due = 0, false
}

// killIfDue never ends a process twice: its id may be another's by then.
func (c *client) killIfDue() {
	if c.due && c.id > 0 {
		syscall.Kill(c.id, syscall.SIGKILL)
		c.id, c.due = 0, false
	}
}
