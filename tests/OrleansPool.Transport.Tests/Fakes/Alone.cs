namespace OrleansPool.Transport.Tests.Fakes;

/// <summary>Tests that measure what the whole process allocates or keeps: nobody else runs meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
