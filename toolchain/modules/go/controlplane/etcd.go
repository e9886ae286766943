package main

import (
	"fmt"
	"net/url"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/embed"
)

// newEtcdCommand is a one-member etcd on loopback with the few flags of the real one that a throwaway cluster needs.
func newEtcdCommand() *cobra.Command {
	var clients, advertised, peers, level string
	var noFsync bool
	command := &cobra.Command{
		Use:          "etcd <data folder>",
		Short:        "Run a one-member etcd on loopback",
		Args:         cobra.MaximumNArgs(1),
		SilenceUsage: true,
	}
	folder := command.Flags().String("data-dir", "", "folder that holds the data (or the first argument)")
	command.Flags().StringVar(&clients, "listen-client-urls", "http://127.0.0.1:2379", "where clients connect")
	command.Flags().StringVar(&advertised, "advertise-client-urls", "", "accepted because the real etcd asks for it; clients use the address they know")
	command.Flags().StringVar(&peers, "listen-peer-urls", "http://127.0.0.1:2380", "where other members would connect")
	command.Flags().StringVar(&level, "log-level", "warn", "debug, info, warn or error")
	// A rehearsal's data lives minutes and is never recovered after a power cut, so waiting for the disk buys nothing.
	command.Flags().BoolVar(&noFsync, "unsafe-no-fsync", false, "never wait for the disk; data is lost if the machine stops")
	command.RunE = func(command *cobra.Command, args []string) error {
		if len(args) == 1 {
			*folder = args[0]
		}
		if *folder == "" {
			return fmt.Errorf("etcd needs a data folder")
		}
		config, err := configure(*folder, clients, peers, level)
		if err != nil {
			return err
		}
		config.UnsafeNoFsync = noFsync
		return serve(command, config)
	}
	return command
}

func configure(folder, clients, peers, level string) (*embed.Config, error) {
	client, err := url.Parse(clients)
	if err != nil {
		return nil, err
	}
	peer, err := url.Parse(peers)
	if err != nil {
		return nil, err
	}
	config := embed.NewConfig()
	config.Dir = folder
	config.LogLevel = level
	config.ListenClientUrls, config.AdvertiseClientUrls = []url.URL{*client}, []url.URL{*client}
	config.ListenPeerUrls, config.AdvertisePeerUrls = []url.URL{*peer}, []url.URL{*peer}
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	// A rehearsal writes thousands of objects in minutes: old revisions are dropped often and the quota is generous.
	config.AutoCompactionMode, config.AutoCompactionRetention = "periodic", "5m"
	config.QuotaBackendBytes = 4 << 30
	return config, nil
}

func serve(command *cobra.Command, config *embed.Config) error {
	ctx, stop := signal.NotifyContext(command.Context(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	member, err := embed.StartEtcd(config)
	if err != nil {
		return err
	}
	defer member.Close()
	select {
	case <-member.Server.ReadyNotify():
	case <-time.After(time.Minute):
		return fmt.Errorf("etcd was not ready after a minute")
	case <-ctx.Done():
		return nil
	}
	select {
	case err := <-member.Err():
		return err
	case <-ctx.Done():
		return nil
	}
}
