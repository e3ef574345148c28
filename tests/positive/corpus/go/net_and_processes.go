// SPDX-License-Identifier: Apache-2.0
// about: an HTTP server on loopback, os/exec, signals, temporary files
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") }))
	answer, err := http.Get("http://" + listener.Addr().String() + "/")
	if err != nil {
		panic(err)
	}
	body, _ := io.ReadAll(answer.Body)
	out, err := exec.Command("/bin/echo", "child").Output()
	if err != nil {
		panic(err)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	<-signals
	path := filepath.Join(os.TempDir(), "file")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		panic(err)
	}
	interfaces, err := net.Interfaces()
	if err != nil || len(interfaces) != 1 {
		panic(fmt.Sprint(interfaces, err))
	}
	if string(body) == "hello" && string(out) == "child\n" {
		fmt.Println("works")
	}
}
