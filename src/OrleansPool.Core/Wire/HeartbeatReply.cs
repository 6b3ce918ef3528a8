namespace OrleansPool.Core.Wire;

/// <summary>Answers a heartbeat.</summary>
/// <param name="SentAt">As the heartbeat said.</param>
/// <param name="IsGranted">Whether the sender promises not to take part in a takeover from the receiver for a lease's time.</param>
/// <param name="Listed">The peers whose leases the sender itself holds: what the receiver caches counts only while they stand here.</param>
/// <param name="CacheSession">The session under which the receiver may cache the sender's blocks for a lease's time; 0 for not at all.</param>
/// <param name="ViewVersion">The membership view that the sender knows.</param>
/// <param name="RootVersion">The pool-map root that the sender knows.</param>
internal sealed record HeartbeatReply(
    Tick SentAt, bool IsGranted, NodeId[] Listed, ulong CacheSession, long ViewVersion, long RootVersion) : Message;
