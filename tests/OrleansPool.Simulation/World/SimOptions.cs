using OrleansPool.Core.Replication;

namespace OrleansPool.Simulation.World;

/// <summary>The shape of a run.</summary>
internal sealed record SimOptions
{
    public int Silos { get; init; } = 5;

    public int Copies { get; init; } = 2;

    public int Segments { get; init; } = 3;

    public int Clients { get; init; } = 4;

    public int BlockBytes { get; init; } = 64;

    public int BlockCount { get; init; } = 12;

    /// <summary>Mean time between two operations of one client.</summary>
    public int ThinkMilliseconds { get; init; } = 20;

    /// <summary>The times of the protocol.</summary>
    public ReplicationTimes Times { get; init; } = new() { PartBytes = 192 };

    /// <summary>The store of the pool map is in the silo's own process: there is one silo.</summary>
    public bool IsStoreInProcess { get; init; }

    /// <summary>How long faults happen.</summary>
    public TimeSpan Faults { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether all must be well again in the end.</summary>
    public bool MustRecover { get; init; } = true;

    /// <summary>How long it may take, after that, until all is well.</summary>
    public TimeSpan Recovery { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Strikes of the nemesis that are left out, by number.</summary>
    public IReadOnlySet<int> SkippedStrikes { get; init; } = new HashSet<int>();

    /// <summary>A mistake in the host.</summary>
    public HostMutation HostMutation { get; init; } = HostMutations.Active;

    /// <summary>The faults; drawn by the seed if null.</summary>
    public Swarm? Swarm { get; init; }
}
