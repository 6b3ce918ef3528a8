namespace OrleansPool.Benchmarks.Mixes;

/// <summary>How the keys of a mix are drawn.</summary>
internal enum MixKeys
{
    Uniform,

    /// <summary>Zipf's law with theta 0.99, scrambled.</summary>
    Zipfian,

    /// <summary>Zipf's law over the age of the keys.</summary>
    Latest,
}
