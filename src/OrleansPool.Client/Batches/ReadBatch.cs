using OrleansPool.Client.Fabric;
using OrleansPool.Client.Ranges;
using OrleansPool.Client.Routing;
using OrleansPool.Grains;

namespace OrleansPool.Client.Batches;

/// <summary>
/// Many reads as one: what is in this process is copied at once; the rest is cut at blocks, gathered by node, and asked for in calls
/// of bounded size, several under way at once. An item whose region has changed is read once more with the new page table.
/// </summary>
/// <remarks>One use. No call's answer is written into a buffer after <see cref="RunAsync"/> has ended, whatever ended it.</remarks>
internal sealed class ReadBatch(FabricContext context, IReadOnlyList<ReadItem> items, CancellationToken cancellationToken)
{
    private const int CallsAtOnceMax = 4;

    private readonly BatchResult<int>[] _results = new BatchResult<int>[items.Count];
    private readonly Lock _lock = new();
    private List<BatchPart> _parts = [];
    private HashSet<int>? _refused = [];

    public async ValueTask<BatchResult<int>[]> RunAsync()
    {
        for (int i = 0; i < items.Count; i++)
        {
            if (items[i].Range is IBatchRange range && range.Context == context) Plan(i, range, fresh: null);
            else await ReadForeignAsync(i);
        }

        await AskAsync();
        if (_refused is { Count: > 0 } refused)
        {
            _refused = null;
            await PlanAgainAsync(refused);
            await AskAsync();
        }

        for (int i = 0; i < items.Count; i++)
        {
            if (!_results[i].IsOk) items[i].Destination.Span.Clear();
        }

        return _results;
    }

    /// <summary>Reads what is at hand, or adds what is to be asked for.</summary>
    private void Plan(int item, IBatchRange range, ExtentMap? fresh)
    {
        try
        {
            ReadItem read = items[item];
            ExtentMap map = fresh ?? range.MapFor(isWrite: false);
            int count = RangeBounds.ReadCount(read.Offset, read.Destination.Length, map.Length);
            _results[item] = new BatchResult<int>(count);
            if (map.HasLocal && RangeAccess.TryRead(map, read.Offset, read.Destination.Span[..count])) return;
            if (BatchPart.Cut(item, 0, map, read.Offset, count, _parts) is { } lost)
            {
                _results[item] = new(PoolErrors.Lost(read.Range.Pool, lost.Home, lost.Key.Id));
            }
        }
        catch (Exception e) when (BatchBounds.IsOfItem(e))
        {
            _results[item] = new(e);
        }
    }

    private async ValueTask PlanAgainAsync(HashSet<int> refused)
    {
        Dictionary<MemoryRange, ExtentMap?> fresh = [];
        foreach (int item in refused.Order())
        {
            MemoryRange range = items[item].Range;
            try
            {
                var mapped = (IBatchRange)range;
                if (!fresh.TryGetValue(range, out ExtentMap? map))
                {
                    map = await mapped.TryRefreshAsync(mapped.MapFor(isWrite: false), cancellationToken);
                    fresh.Add(range, map);
                }

                if (map is not null) Plan(item, mapped, map);
            }
            catch (Exception e) when (BatchBounds.IsOfItem(e))
            {
                _results[item] = new(e);
            }
        }
    }

    /// <summary>A range that is not of this fabric reads for itself.</summary>
    private async ValueTask ReadForeignAsync(int item)
    {
        try
        {
            MemoryRange range = items[item].Range ?? throw BatchBounds.Nothing(item, nameof(items));
            _results[item] = new(await range.ReadAsync(items[item].Offset, items[item].Destination, cancellationToken));
        }
        catch (Exception e) when (BatchBounds.IsOfItem(e))
        {
            _results[item] = new(e);
        }
    }

    private async ValueTask AskAsync()
    {
        if (_parts.Count == 0) return;
        List<BatchPart> parts = _parts;
        _parts = [];
        bool isOfOneSize = parts.TrueForAll(part => part.Map.BlockBytes == parts[0].Map.BlockBytes);
        if (isOfOneSize && BatchPart.HomeOfAll(parts) is { } home) await AskNodeAsync(home, parts);
        else await Task.WhenAll(parts.GroupBy(part => (part.Extent.Home, part.Map.BlockBytes)).Select(group => AskNodeAsync(group.Key.Home, [.. group])));
    }

    private async Task AskNodeAsync(NodeId home, List<BatchPart> parts)
    {
        List<Task> calls = [];
        List<Task> running = [];
        for (int from = 0; from < parts.Count;)
        {
            int to = from;
            int bytes = 0;
            while (to < parts.Count && to - from < RangeAccess.CallReadCountMax
                && (to == from || bytes + parts[to].Slice.Count <= RangeAccess.CallBytesMax))
            {
                bytes += parts[to++].Slice.Count;
            }

            if (from == 0 && to == parts.Count)
            {
                await CallAsync(home, parts);
                return;
            }

            if (running.Count == CallsAtOnceMax) running.Remove(await Task.WhenAny(running));
            Task call = CallAsync(home, parts[from..to]);
            calls.Add(call);
            running.Add(call);
            from = to;
        }

        // Every call's end is waited for and looked at: it may touch a buffer until then.
        await Task.WhenAll(calls);
    }

    private async Task CallAsync(NodeId home, List<BatchPart> parts)
    {
        var reads = new BlockRead[parts.Count];
        var places = new Memory<byte>[parts.Count];
        for (int i = 0; i < reads.Length; i++)
        {
            BatchPart part = parts[i];
            LeaseExtent extent = part.Extent;
            reads[i] = new BlockRead(extent.Segment, extent.Key, part.Slice.Block, part.Slice.Offset, part.Slice.Count, 0);
            places[i] = items[part.Item].Destination.Slice(part.Start, part.Slice.Count);
        }

        var replies = new BlockReadReply[parts.Count];
        try
        {
            await context.Path.ReadAsync(home, parts[0].Map.BlockBytes, reads, replies, places, cancellationToken);
        }
        catch (Exception e) when (BatchBounds.IsOfItem(e))
        {
            foreach (BatchPart part in parts) Fail(part, e is PoolDataLossException ? ErrorOf(part, OperationStatus.Lost) : e);
            return;
        }

        for (int i = 0; i < replies.Length; i++)
        {
            if (replies[i].Status != OperationStatus.Ok) Fail(parts[i], ErrorOf(parts[i], replies[i].Status));
        }
    }

    private Exception ErrorOf(in BatchPart part, OperationStatus status) =>
        PoolErrors.For(status, items[part.Item].Range.Pool, part.Extent.Home, part.Extent.Key);

    private void Fail(in BatchPart part, Exception error)
    {
        lock (_lock)
        {
            _results[part.Item] = new(error);
            if (BatchBounds.IsRefusal(error)) _refused?.Add(part.Item);
        }
    }
}
