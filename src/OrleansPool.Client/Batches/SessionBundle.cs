using OrleansPool.Client.Ranges;
using OrleansPool.Grains;

namespace OrleansPool.Client.Batches;

/// <summary>
/// The sessions that one call of a batch writes under, one for each segment. They are begun in order of their segments, so that two
/// calls which hold room in one session and wait for room in another can never wait for each other.
/// </summary>
/// <remarks>One use, by one caller at a time.</remarks>
internal sealed class SessionBundle(SessionTable table, NodeId home) : IDisposable
{
    private readonly Dictionary<SegmentId, Begun> _begun = [];

    /// <summary>Waits for room for all parts.</summary>
    /// <returns>The segments of which no session is to be had, and why; null where there is no such segment.</returns>
    public async ValueTask<List<(SegmentId Segment, Exception? Error)>> BeginAsync(List<BatchPart> parts, CancellationToken cancellationToken)
    {
        List<(SegmentId, Exception?)> failed = [];
        foreach ((SegmentId segment, int count) in CountBySegment(parts))
        {
            try
            {
                ClientSession session = await table.GetAsync(home, segment, cancellationToken);
                if (session.Id == 0) failed.Add((segment, null));
                else _begun.Add(segment, new Begun(session, await session.BeginAsync(count, cancellationToken)));
            }
            catch (Exception e) when (BatchBounds.IsOfItem(e))
            {
                failed.Add((segment, e));
            }
        }

        return failed;
    }

    /// <summary>The id of the next request to a segment.</summary>
    public RequestId Next(SegmentId segment)
    {
        Begun begun = _begun[segment];
        return begun.Requests[begun.UsedCount++];
    }

    /// <summary>The segment does not know its session any more.</summary>
    public void Forget(SegmentId segment) => table.Drop(home, segment, _begun[segment].Session);

    /// <summary>The requests were answered, or will never be asked about again.</summary>
    public void Dispose()
    {
        foreach (Begun begun in _begun.Values) begun.Session.End(begun.Requests);
    }

    private static SortedList<SegmentId, int> CountBySegment(List<BatchPart> parts)
    {
        SortedList<SegmentId, int> counts = new(Comparer<SegmentId>.Create((one, other) => one.Value.CompareTo(other.Value)));
        foreach (BatchPart part in parts)
        {
            SegmentId segment = part.Extent.Segment;
            counts[segment] = counts.GetValueOrDefault(segment) + 1;
        }

        return counts;
    }

    private sealed class Begun(ClientSession session, RequestId[] requests)
    {
        public ClientSession Session => session;

        public RequestId[] Requests => requests;

        public int UsedCount { get; set; }
    }
}
