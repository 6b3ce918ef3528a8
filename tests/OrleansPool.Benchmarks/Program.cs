using OrleansPool.Benchmarks;
using OrleansPool.Benchmarks.Alloc;
using OrleansPool.Benchmarks.Batches;
using OrleansPool.Benchmarks.Compare;
using OrleansPool.Benchmarks.Fuzz;
using OrleansPool.Benchmarks.Leases;
using OrleansPool.Benchmarks.Micro;
using OrleansPool.Benchmarks.Mixes;
using OrleansPool.Benchmarks.Paths;
using OrleansPool.Benchmarks.Read;
using OrleansPool.Benchmarks.Subjects;
using OrleansPool.Benchmarks.Telemetry;
using OrleansPool.Benchmarks.Trace;
using OrleansPool.Benchmarks.Waiters;
using OrleansPool.Benchmarks.Yardsticks;

// Words that make this program a server of another one that measures.
switch (args)
{
    case [SiloServer.Command]: return SiloServer.Serve();
    case [PoolServer.Verb, var capacity]: return PoolServer.Serve(capacity);
    case [GarnetServer.Verb]: return GarnetServer.Serve();
    case [GrainServer.Verb]: return GrainServer.Serve();
    case [LoopbackServer.Verb]: return LoopbackServer.Serve();
    case [FuzzCommand.Name, ..]: return FuzzCommand.Run(args[1..]);
}

// Each command is a class of its own; they share rows, JSON and the table (Reporting).
return new BenchmarkRunner(
    [new AllocCommand(), new ReadCommand(), new LeasesCommand(), new PathsCommand(), new BatchesCommand(), new TelemetryCommand(), new WaitersCommand()],
    [new CompareCommand(), new YcsbCommand(), new TraceCommand(), new MicroCommand()]).Run(args);
