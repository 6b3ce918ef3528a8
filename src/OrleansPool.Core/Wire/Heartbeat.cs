namespace OrleansPool.Core.Wire;

/// <summary>Asks a peer for a read lease, and tells what the sender knows. On a lane of its own.</summary>
/// <param name="SentAt">The sender's clock: the lease that this asks for counts from here.</param>
/// <param name="ViewVersion">The membership view that the sender knows.</param>
/// <param name="RootVersion">The pool-map root that the sender knows.</param>
/// <param name="CacheSession">The cache session under which the sender keeps copies of the peer's blocks; 0 for none yet.</param>
internal sealed record Heartbeat(Tick SentAt, long ViewVersion, long RootVersion, ulong CacheSession) : Message;
