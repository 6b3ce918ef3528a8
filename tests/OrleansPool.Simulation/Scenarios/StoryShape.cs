namespace OrleansPool.Simulation.Scenarios;

/// <summary>What a story begins with.</summary>
internal sealed record StoryShape
{
    public int Silos { get; init; } = 3;

    /// <summary>How many copies its segments should have.</summary>
    public int Copies { get; init; } = 2;

    public int BlockBytes { get; init; } = 64;

    public int BlockCount { get; init; } = 12;

    /// <summary>Blocks that the cache of one silo holds; 0 for silos that keep no copies of others' blocks.</summary>
    public int CachedBlocks { get; init; } = 12;

    /// <summary>The store of the pool map is in the silo's own process.</summary>
    public bool IsStoreInProcess { get; init; }

    /// <summary>Fewest in-sync copies with which operations are accepted.</summary>
    public int InSyncMin { get; init; } = 1;

    /// <summary>How often the story is told, each time with other delays.</summary>
    public int Times { get; init; } = 3;

    /// <summary>Whether all is well at the end. It is not where reconfiguration is frozen.</summary>
    public bool EndsWell { get; init; } = true;
}
