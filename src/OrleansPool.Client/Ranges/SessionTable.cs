using System.Collections.Concurrent;
using OrleansPool.Client.Routing;

namespace OrleansPool.Client.Ranges;

/// <summary>The sessions of this process, one for each segment that it changes over the network.</summary>
/// <remarks>Thread-safe. Bounded: past the limit the table is emptied, and sessions are opened anew as they are needed.</remarks>
internal sealed class SessionTable(ISegmentPath path)
{
    public const int SessionCountMax = 16 * 1024;

    private readonly ConcurrentDictionary<(NodeId Home, SegmentId Segment), ClientSession> _sessions = [];

    public async ValueTask<ClientSession> GetAsync(NodeId home, SegmentId segment, CancellationToken cancellationToken)
    {
        if (_sessions.TryGetValue((home, segment), out ClientSession? session)) return session;
        ulong id = await path.OpenSessionAsync(home, segment, cancellationToken);
        if (id == 0) return new ClientSession(0); // there is no such segment, and nothing to remember
        if (_sessions.Count >= SessionCountMax) _sessions.Clear();
        return _sessions.GetOrAdd((home, segment), new ClientSession(id));
    }

    /// <summary>Forgets a session that the segment does not know any more.</summary>
    public void Drop(NodeId home, SegmentId segment, ClientSession session) =>
        _sessions.TryRemove(new KeyValuePair<(NodeId, SegmentId), ClientSession>((home, segment), session));
}
