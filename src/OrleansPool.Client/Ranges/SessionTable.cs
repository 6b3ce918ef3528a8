using System.Collections.Concurrent;
using OrleansPool.Client.Routing;

namespace OrleansPool.Client.Ranges;

/// <summary>The sessions of this process, one for each segment that it changes over the network.</summary>
/// <remarks>Thread-safe. Bounded: past the limit the table is emptied, and sessions are opened anew as they are needed.</remarks>
internal sealed class SessionTable(ISegmentPath path)
{
    public const int SessionCountMax = 16 * 1024;

    private readonly ConcurrentDictionary<(NodeId Home, SegmentId Segment), Lazy<Task<ClientSession>>> _sessions = [];

    /// <summary>The session with a segment, if there is one.</summary>
    public ClientSession? TryGet(in NodeId home, SegmentId segment) =>
        _sessions.TryGetValue((home, segment), out Lazy<Task<ClientSession>>? opening) && opening.IsValueCreated && opening.Value.IsCompletedSuccessfully
            ? opening.Value.Result
            : null;

    /// <summary>
    /// The session with a segment. Of many that ask at once one opens it and the others wait: a segment keeps so few sessions that a
    /// crowd of new ones would drive out those in use.
    /// </summary>
    public async ValueTask<ClientSession> GetAsync(NodeId home, SegmentId segment, CancellationToken cancellationToken)
    {
        if (!_sessions.TryGetValue((home, segment), out Lazy<Task<ClientSession>>? opening))
        {
            if (_sessions.Count >= SessionCountMax) _sessions.Clear();
            opening = _sessions.GetOrAdd((home, segment), _ => new Lazy<Task<ClientSession>>(() => OpenAsync(home, segment)));
        }

        return opening.Value.IsCompletedSuccessfully ? opening.Value.Result : await opening.Value.WaitAsync(cancellationToken);
    }

    /// <summary>Forgets a session that the segment does not know any more.</summary>
    public void Drop(NodeId home, SegmentId segment, ClientSession session)
    {
        if (_sessions.TryGetValue((home, segment), out Lazy<Task<ClientSession>>? opening)
            && opening.Value.IsCompletedSuccessfully && opening.Value.Result == session)
        {
            Forget(home, segment, opening);
        }
    }

    /// <summary>Opens a session for all who wait. One that failed, or that there is none, is not remembered.</summary>
    private async Task<ClientSession> OpenAsync(NodeId home, SegmentId segment)
    {
        ulong id = 0;
        try
        {
            id = await path.OpenSessionAsync(home, segment, CancellationToken.None);
            return new ClientSession(id);
        }
        finally
        {
            if (id == 0 && _sessions.TryGetValue((home, segment), out Lazy<Task<ClientSession>>? opening)) Forget(home, segment, opening);
        }
    }

    private void Forget(NodeId home, SegmentId segment, Lazy<Task<ClientSession>> opening) =>
        _sessions.TryRemove(new KeyValuePair<(NodeId, SegmentId), Lazy<Task<ClientSession>>>((home, segment), opening));
}
