// The protocol of S3 over a folder: one bucket, whose objects are the files below it, as they are at the moment of a request. It lacks what S3
// has besides the protocol: rights, keys, encryption, and objects that change only whole.
package main

import (
	"errors"
	"flag"
	"io/fs"
	"log"
	"net"
	"net/http"
	"syscall"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3afero"
	"github.com/spf13/afero"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:9000", "address to listen on")
	bucket := flag.String("bucket", "", "name of the bucket")
	folder := flag.String("folder", "", "folder with its objects")
	writable := flag.Bool("writable", false, "take objects, and give them up")
	flag.Parse()
	objects := afero.NewBasePathFs(afero.NewOsFs(), *folder)
	if !*writable {
		objects = afero.NewReadOnlyFs(objects)
	}
	backend, err := s3afero.SingleBucket(*bucket, objects, nil)
	if err != nil {
		log.Fatalf("bucket %q cannot be served: %v", *bucket, err)
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("bucket %s is %s, on %s", *bucket, *folder, listener.Addr())
	log.Fatal(http.Serve(listener, gofakes3.New(bucketOf{backend}).Server()))
}

// A bucket without folders, as S3 has them: what begins with a prefix that no object has is an empty list.
type bucketOf struct{ gofakes3.Backend }

func (backend bucketOf) ListBucket(name string, prefix *gofakes3.Prefix, page gofakes3.ListBucketPage) (*gofakes3.ObjectList, error) {
	list, err := backend.Backend.ListBucket(name, prefix, page)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return gofakes3.NewObjectList(), nil
	}
	return list, err
}
