using OrleansPool.Core.Segments;

namespace OrleansPool.Simulation.Load;

/// <summary>One operation of a client, through all its attempts.</summary>
internal sealed class ClientOperation(long id, int client, SegmentId segment, Operation operation, SimLease? lease, long invokedAt)
{
    public long Id => id;

    public int Client => client;

    public SegmentId Segment => segment;

    /// <summary>What is asked; of a read, the block, the first byte and how many are in it.</summary>
    public Operation Operation => operation;

    public SimLease? Lease => lease;

    public long InvokedAt => invokedAt;

    public bool IsRead { get; init; }

    public int Count { get; init; }

    /// <summary>Whether the client's own silo is asked, whoever the primary is.</summary>
    public bool IsThroughCache { get; init; }

    public int Attempts { get; set; }
}
