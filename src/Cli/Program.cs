return await VectorCluster.Cli.CommandLine.RunAsync(args);
