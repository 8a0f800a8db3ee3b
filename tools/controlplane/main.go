// Command controlplane runs a real Kubernetes control plane on one machine without containers, with
// simulated GPU nodes: for the demo, the end-to-end tests and the benchmarks.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
)

// A command is one verb of the command line.
type command struct {
	name    string
	summary string
	run     func(arguments []string) error
}

func commands() []command {
	return []command{
		{"build", "build etcd, Kubernetes and kwok into the cache (about 7 minutes, once)", runBuild},
		{"up", "start a control plane in a folder and print the path of its kubeconfig", runUp},
		{"down", "stop the control plane of a folder and delete the folder", runDown},
		{"restart-apiserver", "kill the API server and start it again at the same address", runRestart},
		{"add-nodes", "add simulated nodes with GPUs of a model and a MIG configuration", runAddNodes},
		{"env", "print the shell lines that point kubectl at the control plane", runEnv},
	}
}

func main() {
	if len(os.Args) < 2 {
		printUsage()
		os.Exit(2)
	}
	for _, command := range commands() {
		if command.name != os.Args[1] {
			continue
		}
		err := command.run(os.Args[2:])
		if errors.Is(err, flag.ErrHelp) {
			os.Exit(2)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "controlplane %s: %v\n", command.name, err)
			os.Exit(1)
		}
		return
	}
	fmt.Fprintf(os.Stderr, "controlplane: no command %q\n", os.Args[1])
	printUsage()
	os.Exit(2)
}

func printUsage() {
	fmt.Fprintln(os.Stderr, "usage: controlplane COMMAND [FLAGS]    (COMMAND -h lists the flags)")
	for _, command := range commands() {
		fmt.Fprintf(os.Stderr, "  %-18s %s\n", command.name, command.summary)
	}
}

// parseFlags parses flags that take no further arguments.
func parseFlags(flags *flag.FlagSet, arguments []string) error {
	if err := flags.Parse(arguments); err != nil {
		return flag.ErrHelp
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return nil
}

// progress tells the person who waits; results go to stdout instead.
func progress(format string, values ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
}
