using System.Runtime.InteropServices;
using OrleansPool.Client.Fabric;
using OrleansPool.Client.Ranges;
using OrleansPool.Client.Routing;
using OrleansPool.Grains;

namespace OrleansPool.Client.Batches;

/// <summary>
/// One node's writes of a batch, carried out in order: what is in this process directly, the rest in calls, one after the other.
/// Once a write of a lease is refused for good, the lease's other writes are refused without asking. An item that its lock's fence keeps
/// from one block goes no further; the other items go on.
/// </summary>
internal sealed class WriteLine(FabricContext context, WriteBatch batch, NodeId home, CancellationToken cancellationToken)
{
    private readonly Dictionary<(SegmentId, LeaseId), OperationStatus> _ended = [];
    private readonly HashSet<int> _fencedItems = [];
    private readonly HashSet<SegmentId> _reopened = [];

    public async Task RunAsync(List<BatchPart> parts)
    {
        for (int from = 0; from < parts.Count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (parts[from].Map.LocalOf(parts[from].Slice.Extent) is { } local)
            {
                await WriteLocalAsync(local, parts[from++]);
                continue;
            }

            int to = EndOfCall(parts, from);
            await CallAsync(parts[from..to]);
            from = to;
        }
    }

    private static (SegmentId, LeaseId) LeaseOf(in BatchPart part) => (part.Extent.Segment, part.Extent.Key.Id);

    /// <summary>Whether an outcome is that of every later write of the lease too.</summary>
    private static bool EndsLease(OperationStatus status) => status
        is OperationStatus.Expired or OperationStatus.Fenced or OperationStatus.Denied or OperationStatus.Forged
        or OperationStatus.NoSegment or OperationStatus.WrongIncarnation or OperationStatus.Lost;

    /// <summary>As many parts as one call takes: by bytes, by blocks, and by what one session may have under way.</summary>
    private static int EndOfCall(List<BatchPart> parts, int from)
    {
        Dictionary<SegmentId, int> counts = [];
        int bytes = 0;
        int to = from;
        for (; to < parts.Count && to - from < RangeAccess.CallReadCountMax; to++)
        {
            bytes += parts[to].Slice.Count;
            SegmentId segment = parts[to].Extent.Segment;
            ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, segment, out _);
            bool isFull = bytes > RangeAccess.CallBytesMax || count == RequestId.WindowCount;
            if (to > from && (isFull || parts[to].Map.LocalOf(parts[to].Slice.Extent) is not null)) break;
            count++;
        }

        return to;
    }

    /// <summary>What the owner is asked for.</summary>
    public static BlockWrite WriteOf(in BatchPart part, RequestId request, ulong fence) => new(
        BlockWriteKind.Write, part.Extent.Segment, part.Extent.Key, request, part.Slice.Block, part.Slice.Offset, part.Slice.Count, 0, 0,
        fence);

    private async ValueTask WriteLocalAsync(ILocalSegment local, BatchPart part)
    {
        if (_fencedItems.Contains(part.Item)) return;
        if (!_ended.TryGetValue(LeaseOf(part), out OperationStatus status))
        {
            status = (await local.WriteAsync(WriteOf(part, RequestId.None, batch.FenceOf(part)), batch.BytesOf(part))).Status;
        }

        if (status != OperationStatus.Ok) Fail(part, status);
    }

    /// <summary>
    /// Sends writes under the request ids of their segments' sessions. A session that its segment has closed is opened anew once: a
    /// request of an unknown session was not carried out.
    /// </summary>
    private async ValueTask CallAsync(List<BatchPart> parts)
    {
        while (parts.Count > 0)
        {
            if (_ended.Count + _fencedItems.Count > 0) RemoveEnded(parts);
            using var sessions = new SessionBundle(context.Access.Sessions, home);
            foreach ((SegmentId segment, Exception? error) in await sessions.BeginAsync(parts, cancellationToken))
            {
                foreach (BatchPart part in parts.Where(part => part.Extent.Segment == segment))
                {
                    if (error is null) Fail(part, OperationStatus.NoSegment);
                    else Fail(part, error);
                }

                parts.RemoveAll(part => part.Extent.Segment == segment);
            }

            if (parts.Count == 0) return;
            var writes = new BlockWrite[parts.Count];
            for (int i = 0; i < writes.Length; i++)
            {
                BatchPart part = parts[i];
                writes[i] = WriteOf(part, sessions.Next(part.Extent.Segment), batch.FenceOf(part));
            }

            BlockWriteReply[] replies;
            try
            {
                replies = await context.Path.WriteAsync(home, writes, SourcesOf(parts), cancellationToken);
            }
            catch (Exception e) when (BatchBounds.IsOfItem(e))
            {
                foreach (BatchPart part in parts) Fail(part, e);
                return;
            }

            parts = Judge(parts, replies, sessions);
        }
    }

    private ReadOnlyMemory<byte>[] SourcesOf(List<BatchPart> parts)
    {
        var sources = new ReadOnlyMemory<byte>[parts.Count];
        for (int i = 0; i < sources.Length; i++) sources[i] = batch.BytesOf(parts[i]);
        return sources;
    }

    /// <summary>Takes away what would be refused like others before it.</summary>
    private void RemoveEnded(List<BatchPart> parts)
    {
        foreach (BatchPart part in parts.Where(part => _ended.ContainsKey(LeaseOf(part)))) Fail(part, _ended[LeaseOf(part)]);
        parts.RemoveAll(part => _ended.ContainsKey(LeaseOf(part)) || _fencedItems.Contains(part.Item));
    }

    /// <summary>Decides what the answers mean.</summary>
    /// <returns>
    /// The parts to send again, in order: those whose session was unknown, and those that were not tried because another item's fence
    /// was refused. Each time a session is opened for the last time, or an item is done with, so this comes to an end.
    /// </returns>
    private List<BatchPart> Judge(List<BatchPart> parts, BlockWriteReply[] replies, SessionBundle sessions)
    {
        List<BatchPart> again = [];
        HashSet<SegmentId> forgotten = [];
        HashSet<(SegmentId, LeaseId)> stopped = [];
        for (int i = 0; i < parts.Count; i++)
        {
            BatchPart part = parts[i];
            OperationStatus status = replies[i].Status;
            if (status == OperationStatus.Ok) continue;
            if (status == OperationStatus.Indeterminate && !_reopened.Contains(part.Extent.Segment))
            {
                forgotten.Add(part.Extent.Segment);
            }

            // The owner carries out nothing more of a lease once one of its writes was refused: so what is sent again is still in order.
            bool isUntried = status == OperationStatus.Busy && stopped.Contains(LeaseOf(part));
            if (status == OperationStatus.LockFenced) stopped.Add(LeaseOf(part));
            if (forgotten.Contains(part.Extent.Segment) || isUntried) again.Add(part);
            else Fail(part, _ended.GetValueOrDefault(LeaseOf(part), status));
        }

        foreach (SegmentId segment in forgotten) sessions.Forget(segment);
        _reopened.UnionWith(forgotten);
        return again;
    }

    private void Fail(in BatchPart part, OperationStatus status)
    {
        if (EndsLease(status)) _ended[LeaseOf(part)] = status;
        if (status == OperationStatus.LockFenced) _fencedItems.Add(part.Item);
        Fail(part, PoolErrors.For(status, batch.PoolOf(part), home, part.Extent.Key));
    }

    private void Fail(in BatchPart part, Exception error)
    {
        bool isLoss = error is PoolDataLossException { Lease: var lease } && lease == default;
        batch.Fail(part, isLoss ? PoolErrors.Lost(batch.PoolOf(part), home, part.Extent.Key.Id) : error);
    }
}
