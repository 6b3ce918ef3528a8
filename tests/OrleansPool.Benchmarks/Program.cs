using OrleansPool.Benchmarks;
using OrleansPool.Benchmarks.Alloc;

// Each command is a class of its own; they share rows, JSON and the table (Reporting).
IBenchmarkCommand[] commands = [new AllocCommand()];
return BenchmarkRunner.Run(commands, args);
