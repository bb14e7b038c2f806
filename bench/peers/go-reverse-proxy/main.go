// Command go-reverse-proxy is the reverse proxy of Go's standard library with its transport tuned for many requests
// to one upstream: the peer that most sidecars written in Go are built on.
//
// Usage: go-reverse-proxy LISTEN_ADDRESS UPSTREAM_URL
package main

import (
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"time"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: go-reverse-proxy LISTEN_ADDRESS UPSTREAM_URL")
	}
	upstream, err := url.Parse(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(request *httputil.ProxyRequest) {
			request.SetURL(upstream)
			request.Out.Host = request.In.Host
		},
		Transport: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			MaxIdleConns:        1024,
			MaxIdleConnsPerHost: 1024,
			IdleConnTimeout:     90 * time.Second,
			DisableCompression:  true,
		},
	}
	log.Fatal(http.ListenAndServe(os.Args[1], proxy))
}
