namespace OrleansPool.Benchmarks;

/// <summary>The arguments are wrong; the message says what is wrong with them.</summary>
internal sealed class BenchmarkUsageException(string message) : Exception(message);
