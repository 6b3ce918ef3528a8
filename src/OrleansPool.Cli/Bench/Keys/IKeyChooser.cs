namespace OrleansPool.Cli.Bench.Keys;

/// <summary>Chooses which of many things the next operation is about. Thread-safe; the randomness is the caller's.</summary>
internal interface IKeyChooser
{
    /// <summary>An index from 0.</summary>
    long Next(Random random);
}
