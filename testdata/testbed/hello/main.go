// Hello is a small server, the only program of an image without a shell: it
// stands in for the distroless images that people run. It uses nothing but the
// standard library, since it is built on its own.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	listen := flag.String("listen", ":8080", "the `address` to greet at")
	connect := flag.String("connect", "", "an `address` to stay connected to")
	folders := flag.String("write", "", "`folders` to write a file into, with commas between")
	flag.Parse()
	log.SetFlags(0)
	for _, folder := range strings.FieldsFunc(*folders, func(r rune) bool { return r == ',' }) {
		if err := write(folder); err != nil {
			log.Fatal(err)
		}
	}
	if *connect != "" {
		peer, err := net.Dial("tcp", *connect)
		if err != nil {
			log.Fatal(err)
		}
		defer peer.Close()
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	go greet(listener)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	<-stop
}

// write fails where the folder can't be written to, as applications do.
func write(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "state"), []byte("hello\n"), 0o644)
}

// greet says hello to each caller, and lets the caller hang up.
func greet(listener net.Listener) {
	for {
		caller, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			defer caller.Close()
			fmt.Fprintln(caller, "hello")
			_, _ = io.Copy(io.Discard, caller)
		}()
	}
}
