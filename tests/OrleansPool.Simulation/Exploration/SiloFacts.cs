using OrleansPool.Core.Caching;
using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;

namespace OrleansPool.Simulation.Exploration;

/// <summary>What the checks look at in one state of a silo.</summary>
internal sealed record SiloFacts
{
    private const int StepsMax = 64;

    private static readonly ulong[] NoLog = [];

    /// <summary>Whether it has a copy that counts: not a joiner's.</summary>
    public bool HasCopy { get; private init; }

    /// <summary>Whether it has a stream: a joiner with its snapshot has one.</summary>
    public bool HasStream { get; private init; }

    public ulong Epoch { get; private init; }

    /// <summary>Whether it accepts operations, while it may serve.</summary>
    public bool IsOpen { get; private init; }

    /// <summary>The last step of time at which it may serve, if nothing comes in; -1 for not even now.</summary>
    public int ServesTo { get; private init; } = -1;

    /// <summary>The version that a read of the block would get; null where it would be refused whatever the time.</summary>
    public ulong? ReadVersion { get; private init; }

    /// <summary>The first sequence that is in its log.</summary>
    public ulong First { get; private init; } = 1;

    /// <summary>The operations in its log.</summary>
    public ulong[] Log { get; private init; } = NoLog;

    public ulong Committed { get; private init; }

    /// <summary>The version of the block in its cache; null if there is none, or the silo is the primary.</summary>
    public ulong? CachedVersion { get; private init; }

    /// <summary>The last step of time at which a read from the cache is confirmed, if nothing comes in.</summary>
    public int CachedTo { get; private init; } = -1;

    public long ViewVersion { get; private init; }

    /// <summary>The epoch of the newest row that it knows.</summary>
    public ulong MapEpoch { get; private init; }

    public ulong Last => First + (ulong)Log.Length - 1;

    /// <summary>Looks at a silo.</summary>
    /// <param name="node">It.</param>
    /// <param name="opening">Where it began.</param>
    /// <param name="time">The step of time.</param>
    /// <param name="numbers">Gets which write an operation is, by what stands for it.</param>
    public static SiloFacts Of(FabricNode node, Opening opening, int time, Dictionary<ulong, int> numbers)
    {
        var facts = new SiloFacts { ViewVersion = node.Standing.View.Version, MapEpoch = node.Map.Find(Opening.Segment)?.Epoch ?? 0 };
        if (node.Cache is not null) facts = facts.WithCache(node, opening, time);
        if (!node.Segments.TryGetValue(Opening.Segment, out Segment? segment) || segment.Replica is not { } replica) return facts;
        if (replica.Role == ReplicaRole.Retired || (replica.Role == ReplicaRole.Joiner && replica.Joiner is not { IsInstalled: true })) return facts;
        OperationLog log = segment.Log;
        ulong[] digests = new ulong[log.Last + 1 - log.First];
        for (ulong sequence = log.First; sequence <= log.Last; sequence++)
        {
            LogEntry entry = log[sequence];
            ulong digest = Fingerprint.Mix(Fingerprint.Mix(entry.Epoch, (ulong)entry.Kind), Fingerprint.Mix(entry.Session, entry.Number));
            digests[sequence - log.First] = digest = Fingerprint.Mix(digest, Fingerprint.Mix(log.BytesOf(entry)));
            if (entry.Kind == OperationKind.Write) numbers[digest] = (int)entry.Number;
        }

        int servesTo = -1;
        for (int step = time; step < time + StepsMax && segment.MayServe(opening.TimeOf(step)); step++) servesTo = step;
        byte[] bytes = new byte[sizeof(long)];
        bool isRead = segment.Copy(opening.Block, opening.Key.Generation, 0, bytes, out ReadTicket ticket);
        return facts with
        {
            HasCopy = replica.Role != ReplicaRole.Joiner,
            HasStream = true,
            Epoch = replica.Row.Epoch,
            IsOpen = replica.IsOpen,
            ServesTo = servesTo,
            ReadVersion = isRead ? ticket.Version : null,
            First = log.First,
            Log = digests,
            Committed = log.Committed,
        };
    }

    /// <summary>A read from the cache, as a host makes it.</summary>
    private SiloFacts WithCache(FabricNode node, Opening opening, int time)
    {
        NodeId primary = node.Map.Find(Opening.Segment)!.Primary;
        byte[] bytes = new byte[sizeof(long)];
        if (primary == node.Standing.Self || !node.Cache!.TryRead(primary, Opening.Segment, opening.Block, opening.Key, 0, bytes, out CacheTicket ticket)) return this;
        int to = -1;
        for (int step = time; step < time + StepsMax && node.Cache.Confirm(ticket, opening.TimeOf(step)); step++) to = step;
        return this with { CachedVersion = ticket.Version, CachedTo = to };
    }
}
