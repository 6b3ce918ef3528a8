namespace OrleansPool.Simulation.Scenarios;

/// <summary>What a story begins with.</summary>
internal sealed record StoryShape
{
    public int Silos { get; init; } = 3;

    /// <summary>How many copies its segments should have.</summary>
    public int Copies { get; init; } = 2;

    public int BlockBytes { get; init; } = 64;

    public int BlockCount { get; init; } = 12;

    /// <summary>Fewest in-sync copies with which operations are accepted.</summary>
    public int InSyncMin { get; init; } = 1;

    /// <summary>How often the story is told, each time with other delays.</summary>
    public int Times { get; init; } = 3;

    /// <summary>Whether all is well at the end. It is not where reconfiguration is frozen.</summary>
    public bool EndsWell { get; init; } = true;
}
