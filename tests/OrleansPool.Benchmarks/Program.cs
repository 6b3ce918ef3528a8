using OrleansPool.Benchmarks;
using OrleansPool.Benchmarks.Alloc;
using OrleansPool.Benchmarks.Batches;
using OrleansPool.Benchmarks.Fuzz;
using OrleansPool.Benchmarks.Leases;
using OrleansPool.Benchmarks.Paths;
using OrleansPool.Benchmarks.Read;
using OrleansPool.Benchmarks.Telemetry;
using OrleansPool.Benchmarks.Waiters;

// Each command is a class of its own; they share rows, JSON and the table (Reporting).
IBenchmarkCommand[] commands =
    [new AllocCommand(), new ReadCommand(), new LeasesCommand(), new PathsCommand(), new BatchesCommand(), new TelemetryCommand(), new WaitersCommand()];
if (args is [SiloServer.Command]) return SiloServer.Serve();
if (args is [FuzzCommand.Name, ..]) return FuzzCommand.Run(args[1..]);
return BenchmarkRunner.Run(commands, args);
