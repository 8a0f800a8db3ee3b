package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

const registrations = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"

// webhookCaller asks the registered webhook about pods, as the API server does.
type webhookCaller struct {
	objects *objectStore
	mutex   sync.Mutex
	bundle  string
	client  *http.Client
}

// admit returns the pod as the webhook has it.
func (w *webhookCaller) admit(pod []byte, namespace string, dryRun bool) ([]byte, error) {
	found := w.objects.list(target{collection: registrations}, "")
	if len(found) == 0 {
		return nil, errors.New("no webhook is registered")
	}
	config := at(found[0], "webhooks", "clientConfig")
	url, _ := config["url"].(string)
	bundle, _ := config["caBundle"].(string)
	review := object{"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": object{
		"uid": "review", "operation": "CREATE", "namespace": namespace, "dryRun": dryRun,
		"resource": object{"group": "", "version": "v1", "resource": "pods"}, "object": json.RawMessage(pod)}}
	body, err := json.Marshal(review)
	if err != nil {
		return nil, err
	}
	answer, err := w.clientFor(bundle).Post(url+"?timeout=2s", "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return applyAnswer(answer, pod)
}

func (w *webhookCaller) clientFor(bundle string) *http.Client {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.client == nil || w.bundle != bundle {
		pem, _ := base64.StdEncoding.DecodeString(bundle)
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(pem)
		w.bundle = bundle
		w.client = &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	}
	return w.client
}

func applyAnswer(answer *http.Response, pod []byte) ([]byte, error) {
	var review struct {
		Response struct {
			Allowed bool
			Patch   []byte
		}
	}
	if err := json.NewDecoder(answer.Body).Decode(&review); err != nil || !review.Response.Allowed {
		return nil, fmt.Errorf("the webhook does not allow the pod: %s, %v", answer.Status, err)
	}
	if len(review.Response.Patch) == 0 {
		return pod, nil
	}
	var patch []operation
	if err := json.Unmarshal(review.Response.Patch, &patch); err != nil {
		return nil, err
	}
	return applied(pod, patch)
}

// operation is one of RFC 6902. Only what the webhook sends is known.
type operation struct {
	Op, Path string
	Value    any
}

func applied(text []byte, patch []operation) ([]byte, error) {
	var document any
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	for _, each := range patch {
		steps := strings.Split(each.Path, "/")[1:]
		place := document
		for _, step := range steps[:len(steps)-1] {
			place = child(place, unescape.Replace(step))
		}
		into, ok := place.(object)
		if !ok {
			return nil, fmt.Errorf("%s leads nowhere", each.Path)
		}
		key := unescape.Replace(steps[len(steps)-1])
		if each.Op == "remove" {
			delete(into, key)
		} else {
			into[key] = each.Value
		}
	}
	return json.Marshal(document)
}

func child(of any, step string) any {
	switch value := of.(type) {
	case object:
		return value[step]
	case []any:
		var index int
		if _, err := fmt.Sscan(step, &index); err == nil && index < len(value) {
			return value[index]
		}
	}
	return nil
}
