namespace OrleansPool.Cli.Bench.Load;

/// <summary>What an operation was, for latencies that are told apart.</summary>
internal enum LoadKind
{
    Read,
    Write,
}
