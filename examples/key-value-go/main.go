// POST stores the body under the path, GET returns it, DELETE deletes it, HEAD tells whether it is there.
package main

import (
	"io"
	"net/http"

	spinhttp "github.com/spinframework/spin-go-sdk/v3/http"
	"github.com/spinframework/spin-go-sdk/v3/kv"
)

func init() {
	spinhttp.Handle(func(w http.ResponseWriter, r *http.Request) {
		store, err := kv.OpenDefault()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer store.Close()
		if err := answer(store, w, r); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
}

func answer(store *kv.Store, w http.ResponseWriter, r *http.Request) error {
	key := r.URL.Path
	if r.Method == http.MethodPost {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		return store.Set(key, body)
	}
	if r.Method == http.MethodDelete {
		return store.Delete(key)
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return nil
	}
	// An absent key is an empty value to Get: only Exists tells them apart.
	exists, err := store.Exists(key)
	if err != nil {
		return err
	}
	if !exists {
		w.WriteHeader(http.StatusNotFound)
		return nil
	}
	if r.Method == http.MethodHead {
		return nil
	}
	value, err := store.Get(key)
	if err != nil {
		return err
	}
	_, err = w.Write(value)
	return err
}

// main is needed by the compiler and never runs.
func main() {}
