package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// readTemplates makes the objects of a large cluster out of those that a real API server has sent.
func readTemplates(root string) (*templates, error) {
	var failure error
	read := func(name string) object {
		parsed, err := golden(root, name)
		if err != nil {
			failure = err
			return object{}
		}
		return parsed
	}
	gpuNode, set := read("nodes/a100_all_balanced"), read("replicasets/of_a_deployment")
	ordinary, small := read("pods/daemon_without_gpu"), read("pods/waiting_for_an_instance")
	upgraded := read("pods/waiting_for_an_instance")
	if failure != nil {
		return nil, failure
	}
	t := &templates{}
	t.gpuNode, t.cpuNode = nodeTemplates(gpuNode)
	t.gpuSet, t.set = setTemplates(set)
	delete(at(ordinary, "spec"), "affinity")
	delete(at(ordinary, "spec"), "hostNetwork")
	delete(at(ordinary, "spec", "containers"), "ports")
	for _, of := range []object{ordinary, small, upgraded} {
		delete(at(of, "metadata"), "annotations")
	}
	at(upgraded, "metadata")["annotations"] = object{"migadapter.io/rule": "0123456789abcdef",
		"migadapter.io/demand":  `{"main":{"nvidia.com/mig-1g.5gb":1}}`,
		"migadapter.io/granted": `{"main":{"nvidia.com/mig-2g.10gb":1}}`}
	t.ordinary, t.small, t.upgraded = ordinary, small, upgraded
	return t, nil
}

func nodeTemplates(node object) (gpu, cpu *template) {
	identify(at(node, "metadata"))
	labels := at(node, "metadata", "labels")
	labels["kubernetes.io/hostname"] = "@name@"
	for _, list := range []string{"capacity", "allocatable"} {
		amounts := at(node, "status", list)
		amounts[mig+"1g.5gb"], amounts[mig+"2g.10gb"], amounts[mig+"3g.20gb"] =
			fmt.Sprint(smallOfNode), fmt.Sprint(largeOfNode), fmt.Sprint(largeOfNode)
	}
	at(node, "status", "conditions")["lastHeartbeatTime"] = "@time@"
	delete(at(node, "spec"), "taints")
	gpu = newTemplate(node)
	for key := range labels {
		if strings.HasPrefix(key, "nvidia.com/") {
			delete(labels, key)
		}
	}
	for _, list := range []string{"capacity", "allocatable"} {
		amounts := at(node, "status", list)
		for key := range amounts {
			if strings.HasPrefix(key, mig) {
				delete(amounts, key)
			}
		}
	}
	return gpu, newTemplate(node)
}

// setTemplates: a ReplicaSet whose pods ask for an instance, and one whose pods do not.
func setTemplates(set object) (gpu, ordinary *template) {
	metadata := at(set, "metadata")
	identify(metadata)
	metadata["namespace"] = "@namespace@"
	delete(at(metadata, "annotations"), "migadapter.io/restore")
	at(set, "spec")["replicas"], at(set, "status")["replicas"] = json.Number("100"), json.Number("100")
	podSpec := at(set, "spec", "template", "spec")
	delete(podSpec, "initContainers")
	container := at(podSpec, "containers")
	container["resources"] = object{"limits": object{"@resource@": "1"}}
	container["name"] = "main"
	podSpec["containers"] = []any{container}
	gpu = newTemplate(set)
	container["resources"] = object{"requests": object{"cpu": "100m"}}
	metadata["managedFields"] = []any{}
	return gpu, newTemplate(set)
}

func identify(metadata object) {
	metadata["name"], metadata["uid"], metadata["resourceVersion"] = "@name@", "@uid@", "@version@"
}

// podTemplates are an owner's pods as the scheduler has refused them, and as they run.
func podTemplates(of object, owned *owner) (waiting, bound *template) {
	metadata := at(of, "metadata")
	identify(metadata)
	metadata["namespace"], metadata["generateName"] = owned.namespace, owned.name+"-"
	metadata["labels"] = object{"app": strings.SplitN(owned.name, "-", 3)[1], "pod-template-hash": owned.name}
	metadata["ownerReferences"] = []any{object{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": owned.name,
		"uid": owned.uid, "controller": true, "blockOwnerDeletion": true}}
	if owned.demand != "" {
		amounts := object{"cpu": "100m", "memory": "1Gi", owned.demand: "1"}
		at(of, "spec", "containers")["resources"] = object{"limits": amounts, "requests": amounts}
	}
	spec, before := at(of, "spec"), of["status"]
	delete(spec, "nodeName")
	of["status"] = refusedStatus()
	waiting = newTemplate(of)
	spec["nodeName"] = "@node@"
	of["status"] = runningStatus()
	bound = newTemplate(of)
	of["status"] = before
	return waiting, bound
}

func refusedStatus() object {
	return object{"phase": "Pending", "qosClass": "Burstable", "conditions": []any{object{
		"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "lastTransitionTime": "2026-11-24T10:54:12Z",
		"message": "0/5000 nodes are available: 5000 Insufficient nvidia.com/mig-1g.5gb."}}}
}

func runningStatus() object {
	const since = "2026-11-24T10:54:12Z"
	var conditions []any
	for _, kind := range []string{"PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"} {
		conditions = append(conditions, object{"type": kind, "status": "True", "lastProbeTime": nil, "lastTransitionTime": since})
	}
	return object{"phase": "Running", "startTime": since, "hostIP": "10.0.0.1", "podIP": "10.1.0.1", "qosClass": "Burstable",
		"conditions": conditions, "containerStatuses": []any{object{"name": "main", "ready": true, "restartCount": 0,
			"image": "example.org/team/workload:v1.2.3", "imageID": "example.org/team/workload@sha256:" + strings.Repeat("0", 64),
			"containerID": "containerd://" + strings.Repeat("0", 64), "started": true,
			"state": object{"running": object{"startedAt": since}}, "lastState": object{}}}}
}
