using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using VectorCluster.Kernels.Bench;

// Usage: dotnet run --project bench/Kernels -c Release [-- --filter '*Dot*']. In this process: kernels are internal,
// and no project has to be made and restored for a run.
var job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance);
BenchmarkSwitcher.FromTypes([typeof(SquaredL2Kernels), typeof(DotKernels), typeof(L1Kernels)])
    .Run(args.Length > 0 ? args : ["--filter", "*"], DefaultConfig.Instance.AddJob(job));
