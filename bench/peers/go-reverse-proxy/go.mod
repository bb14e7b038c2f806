module outrider.bench/go-reverse-proxy

go 1.25.0
