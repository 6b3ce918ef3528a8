namespace OrleansPool.Benchmarks.Micro;

/// <summary>What BenchmarkDotNet found of one path.</summary>
internal sealed record MicroRow(string Path, double? Nanoseconds, double? StandardError, long? AllocatedBytes, string Provenance);
