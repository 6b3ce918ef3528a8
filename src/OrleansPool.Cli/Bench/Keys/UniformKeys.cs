namespace OrleansPool.Cli.Bench.Keys;

/// <summary>Each as often as any other.</summary>
internal sealed class UniformKeys(long count) : IKeyChooser
{
    public long Next(Random random) => random.NextInt64(count);
}
