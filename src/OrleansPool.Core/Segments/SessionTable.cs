using OrleansPool.Core.Replication;
using OrleansPool.Grains;

namespace OrleansPool.Core.Segments;

/// <summary>
/// The sessions of one segment: exactly-once results as in RIFL (Lee et al., "Implementing Linearizability at Large Scale and Low
/// Latency", SOSP 2015). A session's id is the sequence of the operation that opened it, so ids are never reused.
/// </summary>
/// <remarks>Owned by the segment's executor.</remarks>
internal sealed class SessionTable
{
    /// <summary>Most sessions open at once; opening one more closes the one that was idle longest.</summary>
    public const int SessionCountMax = 256;

    /// <summary>A session that is idle for this long is closed.</summary>
    public static readonly TimeSpan IdleMax = TimeSpan.FromMinutes(10);

    private readonly Dictionary<ulong, Session> _sessions = [];

    public bool IsFull => _sessions.Count >= SessionCountMax;

    /// <summary>Not later than the first moment at which a session has been idle for too long.</summary>
    public Tick EarliestIdleEnd { get; private set; } = Tick.Never;

    public void Open(ulong id, Tick now)
    {
        _sessions.Add(id, new Session(id, now));
        EarliestIdleEnd = Tick.Min(EarliestIdleEnd, now + IdleMax);
    }

    /// <summary>The operation that closes a session was logged.</summary>
    public void BeginClosing(ulong id) => _sessions[id].IsClosing = true;

    public bool Close(ulong id) => _sessions.Remove(id);

    public SessionAdmission Admit(in RequestId request, Tick now, out OperationResult result)
    {
        result = default;
        if (request.Session == 0) return SessionAdmission.Execute;
        return _sessions.TryGetValue(request.Session, out Session? session)
            ? session.Admit(request.Number, request.LowestUnanswered, now, out result)
            : Mutant.Is(Mutation.UnknownSessionExecuted) ? SessionAdmission.Execute : SessionAdmission.Indeterminate;
    }

    /// <summary>Keeps a result. A session that was closed in the meantime keeps nothing.</summary>
    public void Record(in RequestId request, in OperationResult result, Tick now)
    {
        if (request.Session != 0 && _sessions.TryGetValue(request.Session, out Session? session)) session.Record(request, result, now);
    }

    /// <summary>Writes every session with its results.</summary>
    public void WriteTo(SnapshotWriter writer)
    {
        writer.Write((long)_sessions.Count);
        foreach (Session session in _sessions.Values) session.WriteTo(writer);
    }

    /// <summary>Reads what another replica wrote. No session has been idle here.</summary>
    public void ReadFrom(SnapshotReader reader, Tick now)
    {
        for (long left = reader.ReadInt64(); left > 0; left--)
        {
            ulong id = reader.ReadUInt64();
            Open(id, now);
            _sessions[id].ReadFrom(reader);
        }
    }

    /// <summary>The session that was idle longest, if it was idle for at least some time.</summary>
    public bool TryFindIdle(Tick now, TimeSpan idleMin, out ulong id)
    {
        Session? idlest = null;
        foreach (Session session in _sessions.Values)
        {
            if (session.IsClosing) continue;
            if (idlest is null || session.LastUsed < idlest.LastUsed) idlest = session;
        }

        EarliestIdleEnd = idlest is null ? Tick.Never : idlest.LastUsed + IdleMax;
        bool isIdle = idlest is not null && now - idlest.LastUsed >= idleMin;
        id = isIdle ? idlest!.Id : 0;
        return isIdle;
    }
}
